//! Controlled inputs of React and Vue, as npm has them: what is filled in must be what the framework's own state has.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use libtest_mimic::Trial;

use super::stage::Stage;

/// The trials; without npm they say so and are passed over.
pub fn trials() -> Vec<Trial> {
    let mut npm = Command::new("npm");
    npm.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let missing = !npm.status().is_ok_and(|status| status.success());
    let trial = |name: &str, run: fn()| {
        let name = if missing { format!("{name} (skipped: npm is missing)") } else { name.to_owned() };
        Trial::test(format!("process::frameworks::{name}"), move || {
            run();
            Ok(())
        })
        .with_ignored_flag(missing)
    };
    vec![trial("react_takes_what_is_filled_in", react), trial("vue_takes_what_is_filled_in", vue)]
}

/// What is done on the page of either framework: the state's JSON is in `pre`.
const ACTS: &str = r##"
  fill("label=Name", "Grace");
  fill("label=Name", "Ada");
  type_text("label=Name", " L.");
  fill("label=Day", "2026-11-26");
  fill("label=Level", 7);
  select_option("label=Size", "Large");
  check("label=Agree");
  fill("label=Note", "one\ntwo");
  print(crawl().text("pre"));
  fill("label=Name", "");
  uncheck("label=Agree");
  print(crawl().text("pre"));
  click("role=button[name=Count]", then: text("output", "1"));
  print(crawl().text("output"));
"##;

const WANTED: &str = "{\"name\":\"Ada L.\",\"day\":\"2026-11-26\",\"level\":\"7\",\"size\":\"l\",\"agree\":true,\"note\":\"one\\ntwo\"}\n\
                      {\"name\":\"\",\"day\":\"2026-11-26\",\"level\":\"7\",\"size\":\"l\",\"agree\":false,\"note\":\"one\\ntwo\"}\n1\n";

fn react() {
    let page = r##"<!doctype html><div id="app"></div><script src="react.js"></script><script src="react-dom.js"></script><script>
      const e = React.createElement;
      function App() {
        const [state, set] = React.useState({ name: '', day: '', level: '1', size: 's', agree: false, note: '' });
        const [count, setCount] = React.useState(0);
        const put = (key, from = 'value') => (event) => { const got = event.target[from]; set((old) => ({ ...old, [key]: got })) };
        const field = (label, control) => e('p', null, e('label', null, label, ' ', control));
        return e('form', null,
          field('Name', e('input', { value: state.name, onChange: put('name') })),
          field('Day', e('input', { type: 'date', value: state.day, onChange: put('day') })),
          field('Level', e('input', { type: 'range', min: 0, max: 9, value: state.level, onChange: put('level') })),
          field('Size', e('select', { value: state.size, onChange: put('size') },
            e('option', { value: 's' }, 'Small'), e('option', { value: 'l' }, 'Large'))),
          field('Agree', e('input', { type: 'checkbox', checked: state.agree, onChange: put('agree', 'checked') })),
          field('Note', e('textarea', { value: state.note, onChange: put('note') })),
          e('button', { type: 'button', onClick: () => setTimeout(() => setCount(count + 1), 200) }, 'Count'),
          e('output', null, count), e('pre', null, JSON.stringify(state)));
      }
      ReactDOM.createRoot(document.querySelector('#app')).render(e(App));
    </script>"##;
    let libraries = [
        ("react.js", script("react@18", "umd/react.production.min.js")),
        ("react-dom.js", script("react-dom@18", "umd/react-dom.production.min.js")),
    ];
    holds(page, &libraries);
}

fn vue() {
    let page = r##"<!doctype html><div id="app"></div><script src="vue.js"></script><script>
      Vue.createApp({
        data: () => ({ state: { name: '', day: '', level: '1', size: 's', agree: false, note: '' }, count: 0 }),
        methods: { later() { setTimeout(() => { this.count += 1 }, 200) } },
        template: `<form>
          <p><label>Name <input v-model="state.name"></label></p>
          <p><label>Day <input type="date" v-model="state.day"></label></p>
          <p><label>Level <input type="range" min="0" max="9" v-model="state.level"></label></p>
          <p><label>Size <select v-model="state.size"><option value="s">Small</option><option value="l">Large</option></select></label></p>
          <p><label>Agree <input type="checkbox" v-model="state.agree"></label></p>
          <p><label>Note <textarea v-model="state.note"></textarea></label></p>
          <button type="button" @click="later">Count</button><output>{{ count }}</output><pre>{{ JSON.stringify(state) }}</pre></form>`,
      }).mount('#app');
    </script>"##;
    holds(page, &[("vue.js", script("vue@3", "dist/vue.global.prod.js"))]);
}

fn holds(page: &str, libraries: &[(&str, PathBuf)]) {
    let stage = Stage::new();
    let work = stage.work();
    std::fs::write(work.join("page.html"), page).unwrap();
    for (name, path) in libraries {
        std::fs::copy(path, work.join(name)).unwrap();
    }
    std::fs::write(work.join("script.crawl"), format!("session(\"a\") {{\n  crawl(\"file:page.html\");\n{ACTS}}}\n"))
        .unwrap();
    let ran = Command::new(super::stage::PROGRAM)
        .args(["run", "-q", "script.crawl"])
        .current_dir(&work)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&ran.stdout), WANTED, "{}", String::from_utf8_lossy(&ran.stderr));
}

/// A file of a package, fetched once.
fn script(package: &str, file: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("npm").join(package);
    let path = folder.join("package").join(file);
    if !path.exists() {
        std::fs::create_dir_all(&folder).unwrap();
        let run = |program: &str, args: &[&str]| {
            let done = Command::new(program).args(args).current_dir(&folder).stdin(Stdio::null()).output().unwrap();
            assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
            String::from_utf8_lossy(&done.stdout).trim().lines().last().unwrap_or_default().to_owned()
        };
        let archive = run("npm", &["pack", "--silent", package]);
        run("tar", &["xzf", &archive]);
    }
    path
}
