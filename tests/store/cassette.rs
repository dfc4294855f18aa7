//! Cassettes: what is put in comes out, equal bodies are kept once, what is rewritten leaves no trace, a run that is killed
//! leaves a file that can be read, and damage of every kind is found.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use crawl::store::{Cassette, CassetteWriter, ExchangeRow, FileKind, OutputRow, SightRow, StepRow, StoreError};
use flate2::read::DeflateDecoder;
use libtest_mimic::Trial;
use rusqlite::Connection;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::files::names;
use super::trial;

/// Names the file that a helper process writes to until it is killed.
const WRITES_TO: &str = "CRAWL_TEST_CASSETTE";

pub fn trials() -> Vec<Trial> {
    vec![
        trial("cassette::what_is_put_in_comes_out", comes_out),
        trial("cassette::equal_bodies_are_kept_once_and_small", once),
        trial("cassette::what_is_there_stays_until_the_end", until_the_end),
        trial("cassette::is_for_its_owner_alone", private),
        trial("cassette::takes_rows_from_many_threads", threads),
        trial("cassette::is_added_to", added_to),
        trial("cassette::can_be_read_while_it_is_written", read_meanwhile),
        trial("cassette::a_killed_run_leaves_what_was_flushed", killed),
        trial("cassette::what_is_rewritten_leaves_no_trace", rewritten),
        trial("cassette::names_that_become_one_are_one", one_name),
        trial("cassette::files_of_other_kinds_are_refused", other_kinds),
        trial("cassette::a_byte_that_changed_is_found", flipped),
        trial("cassette::a_part_that_is_missing_is_found", truncated),
        trial("cassette::bodies_and_rows_that_are_missing_are_found", missing),
        trial("cassette::a_failure_to_write_is_told", unwritable),
    ]
}

/// Writes rows to a file, as a run would that is killed.
pub fn helper() -> Option<ExitCode> {
    let path = std::env::var_os(WRITES_TO)?;
    let writer = CassetteWriter::append(Path::new(&path)).unwrap();
    for seq in 0.. {
        writer.step(step(seq));
        writer.output(line(&format!("line {seq}")));
        writer.flush().unwrap();
        println!("{seq}");
    }
    Some(ExitCode::SUCCESS)
}

fn exchange(url: &str, sent: Option<&[u8]>, came: Option<&[u8]>) -> ExchangeRow {
    ExchangeRow {
        session: "shop".to_owned(),
        method: "POST".to_owned(),
        url: url.to_owned(),
        head: json!({ "status": 200, "headers": [["content-type", "text/html"]], "began": 1.5, "none": null }),
        request_body: sent.map(<[u8]>::to_vec),
        response_body: came.map(<[u8]>::to_vec),
    }
}

fn step(seq: u64) -> StepRow {
    let head = json!({ "page": { "$blob": 0 }, "n": seq });
    StepRow { seq, title: format!("step {seq}"), head, blobs: vec![page(seq), b"\x89PNG\xff".to_vec(), Vec::new()] }
}

fn page(seq: u64) -> Vec<u8> {
    format!("<p>page {seq}</p>").repeat(200).into_bytes()
}

fn line(text: &str) -> OutputRow {
    OutputRow { branch: "0".to_owned(), kind: "print".to_owned(), data_set: None, text: text.to_owned() }
}

fn record(text: &Value) -> OutputRow {
    let data_set = Some("orders".to_owned());
    OutputRow { branch: "0.1".to_owned(), kind: "emit".to_owned(), data_set, text: text.to_string() }
}

fn sight() -> SightRow {
    SightRow { of: json!(["0", "time"]), value: json!(12) }
}

/// Everything once.
fn fill(writer: &CassetteWriter) {
    writer.fact("version", &json!("0.1.0"));
    writer.fact("parameters", &json!({ "shop": "ünï", "n": [1, 2.5, null] }));
    writer.source("script.crawl", "print(\"ünï\");\n");
    writer.source("module.crawl", "");
    writer.exchange(exchange("http://site/a", Some(b"a=1"), Some(b"<p>1</p>")));
    writer.exchange(exchange("http://site/b", None, None));
    writer.exchange(exchange("http://site/c", Some(b""), Some(&[0, 159, 146, 150])));
    writer.step(step(1));
    writer.step(StepRow { blobs: Vec::new(), ..step(2) });
    writer.step(step(u64::from(u32::MAX) + 7));
    writer.sight(sight());
    writer.output(line("two\nlines"));
    writer.output(record(&json!({ "id": 1 })));
    writer.file("rates.json", b"{}");
}

/// What stands for all that is in it.
fn read(path: &Path) -> Result<String, StoreError> {
    let cassette = Cassette::open(path)?;
    let mut all = format!("{:?}{:?}{:?}", cassette.facts()?, cassette.sources()?, cassette.exchanges()?);
    all.push_str(&format!("{:?}{:?}{:?}", cassette.steps()?, cassette.sights()?, cassette.outputs()?));
    for name in cassette.files()? {
        all.push_str(&format!("{name}{:?}", cassette.file(&name)?));
    }
    Ok(Sha256::digest(all).iter().map(|byte| format!("{byte:02x}")).collect())
}

fn filled(path: &Path) {
    let writer = CassetteWriter::create(path).unwrap();
    fill(&writer);
    writer.finish(None).unwrap();
}

fn comes_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.cassette");
    let writer = CassetteWriter::create(&path).unwrap();
    writer.fact("version", &json!("older"));
    writer.source("module.crawl", "older");
    writer.file("rates.json", b"older");
    fill(&writer);
    writer.finish(None).unwrap();
    assert_eq!(names(folder.path()), ["run.cassette"]);
    let cassette = Cassette::open(&path).unwrap();
    assert_eq!(
        Value::from(cassette.facts().unwrap()),
        json!({
            "version": "0.1.0", "parameters": { "shop": "ünï", "n": [1, 2.5, null] }
        })
    );
    let sources = [("module.crawl", ""), ("script.crawl", "print(\"ünï\");\n")];
    assert_eq!(cassette.sources().unwrap(), sources.map(|(name, text)| (name.to_owned(), text.to_owned())));
    assert_eq!(
        cassette.exchanges().unwrap(),
        [
            exchange("http://site/a", Some(b"a=1"), Some(b"<p>1</p>")),
            exchange("http://site/b", None, None),
            exchange("http://site/c", Some(b""), Some(&[0, 159, 146, 150])),
        ]
    );
    let steps = [step(1), StepRow { blobs: Vec::new(), ..step(2) }, step(u64::from(u32::MAX) + 7)];
    assert_eq!(cassette.steps().unwrap(), steps);
    assert_eq!(cassette.sights().unwrap(), [sight()]);
    assert_eq!(cassette.outputs().unwrap(), [line("two\nlines"), record(&json!({ "id": 1 }))]);
    assert_eq!(cassette.files().unwrap(), ["rates.json"]);
    assert_eq!(cassette.file("rates.json").unwrap().as_deref(), Some(&b"{}"[..]));
    assert_eq!(cassette.file("other.json").unwrap(), None);
    assert_eq!(names(folder.path()), ["run.cassette"], "reading leaves nothing either");
}

fn once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.cassette");
    let writer = CassetteWriter::create(&path).unwrap();
    let text = page(7);
    // Noise, as of a picture: nothing is saved by compressing it.
    let mut state = 1_u32;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
    .take(50_000)
    .collect();
    for _ in 0..50 {
        writer.exchange(exchange("http://site/", Some(&text), Some(&noise)));
    }
    writer.step(StepRow { blobs: vec![text.clone(), noise.clone()], ..step(1) });
    writer.finish(None).unwrap();
    let file = Connection::open(&path).unwrap();
    let codings: String = file
        .query_row("SELECT group_concat(coding) FROM (SELECT coding FROM bodies ORDER BY size)", [], |row| row.get(0))
        .unwrap();
    assert_eq!(codings, "deflate,none");
    let size = fs::metadata(&path).unwrap().len();
    assert!(size < 130_000, "{size}");
    let exchanges = Cassette::open(&path).unwrap().exchanges().unwrap();
    assert!(exchanges.len() == 50 && exchanges.iter().all(|row| row.response_body.as_deref() == Some(&noise[..])));
}

fn until_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.cassette");
    fs::write(&path, "older").unwrap();
    let writer = CassetteWriter::create(&path).unwrap();
    fill(&writer);
    writer.flush().unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "older");
    drop(writer);
    assert_eq!(
        (names(folder.path()), fs::read_to_string(&path).unwrap()),
        (vec!["run.cassette".to_owned()], "older".to_owned())
    );
    filled(&path);
    assert!(read(&path).is_ok());
}

#[cfg(unix)]
fn private() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let path = folder.path().join("run.cassette");
    fs::write(&path, "older").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let writer = CassetteWriter::create(&path).unwrap();
    fill(&writer);
    writer.flush().unwrap();
    for name in names(folder.path()) {
        assert!(name == "run.cassette" || mode(&folder.path().join(&name)) == 0o600, "{name}");
    }
    writer.finish(None).unwrap();
    assert_eq!(mode(&path), 0o600);
    let path = folder.path().join("journal");
    let writer = CassetteWriter::append(&path).unwrap();
    fill(&writer);
    writer.flush().unwrap();
    let all = names(folder.path());
    assert!(all.contains(&"journal-wal".to_owned()), "{all:?}");
    assert!(all.iter().all(|name| mode(&folder.path().join(name)) == 0o600), "{all:?}");
}

fn threads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.cassette");
    let writer = CassetteWriter::create(&path).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let writer = &writer;
            scope.spawn(move || {
                for n in 0..200 {
                    writer.exchange(exchange(&format!("http://{thread}/{n}"), Some(&page(n % 5)), None));
                    writer.output(line(&format!("{thread} {n}")));
                }
                writer.flush().unwrap();
            });
        }
    });
    writer.finish(None).unwrap();
    let cassette = Cassette::open(&path).unwrap();
    let urls: Vec<String> = cassette.exchanges().unwrap().into_iter().map(|row| row.url).collect();
    let outputs: Vec<String> = cassette.outputs().unwrap().into_iter().map(|row| row.text).collect();
    assert_eq!((urls.len(), outputs.len()), (1600, 1600));
    for thread in 0..8 {
        let own: Vec<&String> = urls.iter().filter(|url| url.starts_with(&format!("http://{thread}/"))).collect();
        let wanted: Vec<String> = (0..200).map(|n| format!("http://{thread}/{n}")).collect();
        assert_eq!(own, wanted.iter().collect::<Vec<_>>(), "each thread's rows are in its order");
    }
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(cassette.exchanges().unwrap().len(), 1600));
        }
    });
}

fn added_to() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let first = CassetteWriter::append(&path).unwrap();
    first.step(step(1));
    drop(first);
    assert_eq!(names(folder.path()), ["journal"]);
    let second = CassetteWriter::append(&path).unwrap();
    second.step(step(2));
    second.finish(None).unwrap();
    assert_eq!(names(folder.path()), ["journal"]);
    // One that was finished goes on as well.
    let third = CassetteWriter::append(&path).unwrap();
    third.step(step(3));
    third.flush().unwrap();
    assert_eq!(Cassette::open(&path).unwrap().steps().unwrap(), [step(1), step(2), step(3)]);
    third.finish(None).unwrap();
    assert_eq!(Cassette::open(&path).unwrap().steps().unwrap(), [step(1), step(2), step(3)]);
}

fn read_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let writer = CassetteWriter::append(&path).unwrap();
    assert_eq!(Cassette::open(&path).unwrap().steps().unwrap(), []);
    for seq in 0..5 {
        writer.step(step(seq));
        writer.flush().unwrap();
        assert_eq!(Cassette::open(&path).unwrap().steps().unwrap().len() as u64, seq + 1);
    }
    let cassette = Cassette::open(&path).unwrap();
    writer.step(step(5));
    writer.flush().unwrap();
    assert_eq!(cassette.steps().unwrap().len(), 6);
}

fn killed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let mut before = 0;
    // Killed at some moment while it writes, and gone on with by the next.
    for round in 1..=12 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .env(WRITES_TO, &path)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = BufReader::new(child.stdout.take().unwrap());
        let mut last = String::new();
        for _ in 0..round * 7 {
            last.clear();
            told.read_line(&mut last).unwrap();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let mut rest = String::new();
        told.read_to_string(&mut rest).unwrap();
        let last: usize = rest.lines().last().unwrap_or(last.trim()).parse().unwrap();
        let cassette = Cassette::open(&path).unwrap();
        let (steps, outputs) = (cassette.steps().unwrap(), cassette.outputs().unwrap());
        assert!(steps.len() > before + last, "{} of {before} + {last}", steps.len());
        assert_eq!(steps[before + last], step(last as u64));
        // What is not flushed yet is committed as it comes.
        assert!(steps.len() - outputs.len() <= 1, "{} and {}", steps.len(), outputs.len());
        before = steps.len();
    }
}

/// Every text that stands in the file: as its bytes, and in its bodies.
fn traces(path: &Path) -> Vec<Vec<u8>> {
    let mut all = vec![fs::read(path).unwrap()];
    let file = Connection::open(path).unwrap();
    let mut bodies = file.prepare("SELECT coding, bytes FROM bodies").unwrap();
    let rows = bodies.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?))).unwrap();
    for (coding, bytes) in rows.map(Result::unwrap) {
        let mut plain = Vec::new();
        if coding == "deflate" {
            DeflateDecoder::new(&bytes[..]).read_to_end(&mut plain).unwrap();
        }
        all.extend([bytes, plain]);
    }
    all
}

fn holds(path: &Path, text: &str) -> bool {
    traces(path).iter().any(|bytes| bytes.windows(text.len()).any(|part| part == text.as_bytes()))
}

fn rewritten() {
    let folder = tempfile::tempdir().unwrap();
    for add in [false, true] {
        let path = folder.path().join(format!("{add}.cassette"));
        let writer = if add { CassetteWriter::append(&path) } else { CassetteWriter::create(&path) }.unwrap();
        fill_with_secrets(&writer);
        writer.flush().unwrap();
        if add {
            // Some of it gets from the log into the file.
            Connection::open(&path).unwrap().query_row("PRAGMA wal_checkpoint(FULL)", [], |_| Ok(())).unwrap();
            assert!(holds(&path, "s3cr\"t"), "the secret was there");
        }
        let hide = |text: &str| {
            let new = text.replace("s3cr\"t", "HIDDEN").replace("271828182", "PIN");
            (new != text).then_some(new)
        };
        writer.finish(Some(&mut { hide })).unwrap();
        for trace in ["s3cr\"t", "s3cr\\\"t", "271828182"] {
            assert!(!holds(&path, trace), "{trace}");
        }
        assert_eq!(names(folder.path()).len(), 1 + usize::from(add));
        let cassette = Cassette::open(&path).unwrap();
        assert_eq!(cassette.facts().unwrap()["who"], json!(["HIDDEN", { "HIDDEN": "PIN", "n": 27, "x": 271.5 }]));
        assert_eq!(cassette.sources().unwrap()[0], ("HIDDEN.crawl".to_owned(), "// HIDDEN".to_owned()));
        let exchanges = cassette.exchanges().unwrap();
        assert_eq!(exchanges[0].url, "http://site/HIDDEN");
        assert_eq!(exchanges[0].head, json!({ "cookie": "HIDDEN" }));
        assert_eq!(exchanges[0].request_body.as_deref(), Some(&b"HIDDEN"[..]));
        assert_eq!(exchanges[1].response_body, exchanges[0].response_body);
        assert_eq!(exchanges[1].request_body.as_deref(), Some(&b"HIDDEN"[..]), "two bodies that became one");
        assert_eq!(exchanges[2].response_body.as_deref(), Some(&b"\xff\xfebinary"[..]));
        let steps = cassette.steps().unwrap();
        assert_eq!((steps[0].title.as_str(), &steps[0].blobs[1][..]), ("HIDDEN", &b"HIDDEN page"[..]));
        assert_eq!(cassette.outputs().unwrap()[1].text, "{\"id\":\"HIDDEN\",\"pin\":\"PIN\"}");
        let file = Connection::open(&path).unwrap();
        let unnamed = "SELECT count(*) FROM bodies WHERE digest NOT IN (SELECT request_body FROM exchanges
            WHERE request_body IS NOT NULL UNION SELECT response_body FROM exchanges WHERE response_body IS NOT NULL
            UNION SELECT body FROM blobs)";
        assert_eq!(file.query_row(unnamed, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
    }
}

fn fill_with_secrets(writer: &CassetteWriter) {
    const SECRET: &str = "s3cr\"t";
    let page = format!("<p>{SECRET}</p>").repeat(3000).into_bytes();
    writer.fact("who", &json!([SECRET, { SECRET: 271_828_182, "n": 27, "x": 271.5 }]));
    writer.source(&format!("{SECRET}.crawl"), &format!("// {SECRET}"));
    let row = ExchangeRow { head: json!({ "cookie": SECRET }), ..exchange("", Some(SECRET.as_bytes()), Some(&page)) };
    writer.exchange(ExchangeRow { url: format!("http://site/{SECRET}"), ..row.clone() });
    writer.exchange(ExchangeRow { request_body: Some(b"HIDDEN".to_vec()), ..row });
    writer.exchange(exchange("http://site/", None, Some(b"\xff\xfebinary")));
    let blobs = vec![page, format!("{SECRET} page").into_bytes()];
    writer.step(StepRow { seq: 1, title: SECRET.to_owned(), head: json!({ SECRET: [SECRET] }), blobs });
    writer.sight(SightRow { of: json!(SECRET), value: json!(SECRET) });
    writer.output(OutputRow { branch: SECRET.to_owned(), ..line(SECRET) });
    writer.output(OutputRow {
        data_set: Some(SECRET.to_owned()),
        ..record(&json!({ "id": SECRET, "pin": 271_828_182 }))
    });
    for n in 0..200 {
        writer.output(line(&format!("{SECRET} {n}").repeat(n)));
    }
}

fn one_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.cassette");
    let writer = CassetteWriter::create(&path).unwrap();
    writer.source("a", "first");
    writer.source("b", "second");
    writer.finish(Some(&mut |text: &str| (text == "b").then(|| "a".to_owned()))).unwrap();
    assert_eq!(Cassette::open(&path).unwrap().sources().unwrap(), [("a".to_owned(), "second".to_owned())]);
}

fn refused(path: &Path) -> StoreError {
    let error = read(path).unwrap_err();
    assert!(error.to_string().contains("cassette"), "{error}");
    assert!(!error.help().unwrap().contains("CRAWL_CACHE"), "{:?}", error.help());
    error
}

fn other_kinds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.cassette");
    let error = Cassette::open(&path).unwrap_err();
    assert!(error.to_string().ends_with("there is no such file"), "{error}");
    assert!(!path.exists());
    for (content, reason) in [(String::new(), "it is empty"), ("{\"log\": {}}".repeat(300), "not a database")] {
        fs::write(&path, &content).unwrap();
        assert!(refused(&path).to_string().contains(reason));
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
    let error = CassetteWriter::append(&path).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { kind: FileKind::Cassette, .. }), "{error}");
    let foreign = folder.path().join("notes.cassette");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE notes (text TEXT)").unwrap();
    assert!(refused(&foreign).to_string().contains("something else"));
    let cache = folder.path().join("cache.cassette");
    crawl::store::Cache::open(&cache).unwrap().put("k", &1).unwrap();
    assert!(refused(&cache).to_string().contains("something else"));
    filled(&path);
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 2).unwrap();
    let error = refused(&path);
    assert_eq!(error, StoreError::Newer { kind: FileKind::Cassette, path: path.clone(), found: 2, known: 1 });
    assert!(error.help().unwrap().starts_with("update crawl"), "{:?}", error.help());
    assert!(matches!(CassetteWriter::append(&path), Err(StoreError::Newer { .. })));
    let error = Cassette::open(folder.path()).unwrap_err();
    assert!(matches!(error, StoreError::Database { .. } | StoreError::Io { .. }), "{error:?}");
}

fn flipped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.cassette");
    filled(&path);
    let whole = read(&path).unwrap();
    let bytes = fs::read(&path).unwrap();
    let (mut found, mut unused) = (0, 0);
    for at in (0..bytes.len()).step_by(37) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 8);
        fs::write(&path, &damaged).unwrap();
        match read(&path) {
            // A byte of the free room, or one of the file's counters.
            Ok(same) => {
                assert!(same == whole, "byte {at} changed what is read");
                unused += 1;
            }
            Err(StoreError::Damaged { kind: FileKind::Cassette, .. } | StoreError::Newer { .. }) => found += 1,
            Err(other) => panic!("byte {at}: {other:?}"),
        }
    }
    assert!(found > 50, "{found} of {}", found + unused);
}

fn truncated() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.cassette");
    filled(&path);
    let bytes = fs::read(&path).unwrap();
    for length in (0..bytes.len() - 1).step_by(997) {
        fs::write(&path, &bytes[..length]).unwrap();
        let error = refused(&path);
        assert!(matches!(error, StoreError::Damaged { .. }), "{length}: {error:?}");
    }
}

fn missing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.cassette");
    // Without its seal, as a killed run leaves it: each part speaks for itself.
    for (damage, reason) in [
        ("DELETE FROM bodies WHERE size = 3", "is missing"),
        ("UPDATE bodies SET bytes = zeroblob(3) WHERE size = 3", "is not what was written"),
        ("UPDATE bodies SET bytes = zeroblob(3) WHERE coding = 'deflate'", "is not what was written"),
        ("UPDATE bodies SET size = size - 1 WHERE coding = 'deflate'", "is not what was written"),
        ("DELETE FROM steps WHERE seq = 1", "a step is missing"),
        ("UPDATE exchanges SET head = '{' WHERE id = 2", "EOF"),
        ("UPDATE sights SET of = '' WHERE id = 1", "EOF"),
        ("ALTER TABLE outputs DROP COLUMN data_set", "no such column"),
    ] {
        filled(&path);
        let change = format!("PRAGMA foreign_keys = OFF; DELETE FROM seal; {damage}");
        Connection::open(&path).unwrap().execute_batch(&change).unwrap();
        let error = refused(&path);
        assert!(matches!(error, StoreError::Damaged { .. }), "{damage}: {error:?}");
        assert!(error.to_string().contains(reason), "{damage}: {error}");
    }
    for change in ["DELETE FROM outputs WHERE id = 1", "UPDATE facts SET value = '1'", "DELETE FROM blobs"] {
        filled(&path);
        Connection::open(&path).unwrap().execute_batch(change).unwrap();
        assert!(refused(&path).to_string().contains("not those that were written"), "{change}");
    }
}

fn unwritable() {
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path().to_owned(), folder.path().join("no/such.cassette")] {
        for error in [CassetteWriter::create(&path).unwrap_err(), CassetteWriter::append(&path).unwrap_err()] {
            assert!(
                matches!(&error, StoreError::Io { action: "write", path: named, .. } if *named == path),
                "{error:?}"
            );
        }
    }
    let path = folder.path().join("run.cassette");
    let writer = CassetteWriter::append(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("DROP TABLE outputs").unwrap();
    writer.step(step(1));
    writer.output(line("lost"));
    let error = writer.flush().unwrap_err();
    assert!(error.to_string().contains("no such table"), "{error}");
    writer.step(step(2));
    assert_eq!(writer.flush().unwrap_err(), error);
    assert_eq!(writer.finish(None).unwrap_err(), error);
}
