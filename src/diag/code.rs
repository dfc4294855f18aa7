//! The list of every diagnostic code with its explanation (`crawl explain CODE`).

/// One code's entry.
#[derive(Debug, Clone, Copy)]
pub struct CodeDoc {
    /// The code, `crawl::family::name`.
    pub code: &'static str,
    /// One line.
    pub title: &'static str,
    /// A paragraph: what it means, why it is an error, what to do.
    pub text: &'static str,
}

/// Every code, sorted.
pub const CODES: &[CodeDoc] = &[
    CodeDoc {
        code: "crawl::act::no_target",
        title: "an act found nothing to act on",
        text: "An act such as `click` waits until its target is there and visible. This one was not by the deadline. Wait for the target in an earlier step, or ask `explain(\"…\")` what the selector finds on the page.",
    },
    CodeDoc {
        code: "crawl::argument::missing",
        title: "an argument is missing",
        text: "The call needs the named argument, by position or by name. The signature is in `:doc NAME` and in the README.",
    },
    CodeDoc {
        code: "crawl::argument::twice",
        title: "an option is given by position and by name",
        text: "Keep one of the two: nobody can tell which was meant.",
    },
    CodeDoc {
        code: "crawl::argument::type",
        title: "a value of another type is wanted",
        text: "The message says what the option or parameter takes and what it got.",
    },
    CodeDoc {
        code: "crawl::argument::unknown_option",
        title: "there is no such option",
        text: "An option that is not known is never ignored. The help names the nearest one.",
    },
    CodeDoc {
        code: "crawl::argument::value",
        title: "a value that is not one of the known ones",
        text: "The option takes one of a few words, or a value of a certain form; the help lists them.",
    },
    CodeDoc {
        code: "crawl::bench::failed",
        title: "a measurement came to nothing",
        text: "A workload or its floor failed or did other work than it should have, so that its time would mean nothing. The message shows what the process said. The floor needs the headless shell: `crawl doctor` shows whether it is there.",
    },
    CodeDoc {
        code: "crawl::browser::failed",
        title: "the browser refused a command",
        text: "The browser answered a command of the protocol with an error that no page or script is to blame for. `crawl doctor` shows whether browser and driver fit together.",
    },
    CodeDoc {
        code: "crawl::browser::no_answer",
        title: "the browser did not answer in time",
        text: "A command had no answer by the step's deadline, often because the page keeps its own thread busy. The session can be used on. Give the step more time with `timeout:`.",
    },
    CodeDoc {
        code: "crawl::browser::not_found",
        title: "there is no browser, or it did not start",
        text: "Steps need a browser and its driver. `crawl setup` installs what is missing; `crawl doctor` shows what was found where.",
    },
    CodeDoc {
        code: "crawl::browser::setup",
        title: "no browser could be set up",
        text: "Neither packages nor a download brought a browser and its driver. Install Chromium and chromedriver by hand, or point `CRAWL_CHROMEDRIVER`, `CRAWL_CHROMIUM` and `CRAWL_HEADLESS_SHELL` at them.",
    },
    CodeDoc {
        code: "crawl::browser::unsupported",
        title: "this browser cannot do that",
        text: "Some abilities exist in some browsers only. The message names the one that is missing; the default browser has them all.",
    },
    CodeDoc {
        code: "crawl::check::arity",
        title: "a call with another number of arguments",
        text: "A script's function is called with more or fewer arguments than it has parameters. Named arguments arrive as one map, the last parameter.",
    },
    CodeDoc {
        code: "crawl::check::schema_order",
        title: "a schema is used before it is defined",
        text: "A schema is seen everywhere in the script, but only after its line has run.",
    },
    CodeDoc {
        code: "crawl::check::unknown_function",
        title: "there is no such function",
        text: "Neither a builtin, nor a function of the script or of a module has that name.",
    },
    CodeDoc {
        code: "crawl::check::unknown_variable",
        title: "there is no such variable",
        text: "The name is not known here. A `let` of the script's top is not seen inside `fn`: pass it, make it a `const`, or use a closure.",
    },
    CodeDoc {
        code: "crawl::env::missing",
        title: "an environment variable is not set",
        text: "`env` without a default and `secret` need the variable.",
    },
    CodeDoc {
        code: "crawl::eval::arithmetic",
        title: "an arithmetic error",
        text: "A division by zero, or a number too large.",
    },
    CodeDoc {
        code: "crawl::eval::assert",
        title: "an assertion does not hold",
        text: "`assert` was given something that is not true.",
    },
    CodeDoc {
        code: "crawl::eval::constant",
        title: "a constant is changed",
        text: "A `const` keeps its value; use `let`.",
    },
    CodeDoc {
        code: "crawl::eval::data_race",
        title: "a value is used while it is being changed",
        text: "A closure captures the variable whose method it is given to (`m.keys().map(|k| m[k])`): copy the variable \
               first, or use a loop. Closures of `parallel` return values instead of changing shared ones.",
    },
    CodeDoc {
        code: "crawl::eval::failed",
        title: "the script failed",
        text: "An error of the language itself that has no code of its own.",
    },
    CodeDoc {
        code: "crawl::eval::index",
        title: "an index outside its range",
        text: "An array or string has no such place, or a map no such key. Ask first with `len()` or `in`.",
    },
    CodeDoc {
        code: "crawl::eval::thrown",
        title: "the script threw an error",
        text: "A `throw` or `fail(…)` of the script that nothing caught.",
    },
    CodeDoc {
        code: "crawl::eval::too_deep",
        title: "the script calls itself too deeply",
        text: "Calls may nest a thousand deep. Give the recursion an end, or use a loop.",
    },
    CodeDoc {
        code: "crawl::eval::too_large",
        title: "a value or the script is too large",
        text: "A limit of the language was reached.",
    },
    CodeDoc {
        code: "crawl::eval::type",
        title: "a value of another type is wanted",
        text: "An operator or statement was given a value that it does not work on.",
    },
    CodeDoc {
        code: "crawl::eval::unknown_function",
        title: "there is no such function for these values",
        text: "A function or method of that name exists for other arguments, or not at all.",
    },
    CodeDoc {
        code: "crawl::eval::unknown_module",
        title: "there is no such module",
        text: "The name before `::` is no imported module.",
    },
    CodeDoc {
        code: "crawl::eval::unknown_property",
        title: "there is no such property",
        text: "The map has no such key. Ask with `\"key\" in map`, or `map.get(\"key\") ?? default`.",
    },
    CodeDoc {
        code: "crawl::eval::unknown_variable",
        title: "there is no such variable",
        text: "The name is not known at this place when it is reached.",
    },
    CodeDoc {
        code: "crawl::extract::fill",
        title: "a field is empty in too many rows",
        text: "The schema asks with `fill:` for a share of rows in which each field is filled, and a field stayed below it. The site may have changed: check the field's selector with `explain(\"…\")`, or lower `fill:`.",
    },
    CodeDoc {
        code: "crawl::extract::no_match",
        title: "a schema matches no row",
        text: "The selector after `at` matches nothing on the page, which is an error unless the schema says `min: 0`. The findings tell which part of the selector does match and what is near. Often the rows come later: wait for them with `wait_for:`.",
    },
    CodeDoc {
        code: "crawl::extract::too_few",
        title: "a schema matches too few rows",
        text: "There are fewer rows than the schema's `min:`. Wait until they are all there with `wait_for: count(\"…\", at_least: n)`, or lower `min:`.",
    },
    CodeDoc {
        code: "crawl::extract::too_many",
        title: "a schema matches too many rows",
        text: "There are more rows than the schema's `max:`. Make the selector narrower, or raise `max:`.",
    },
    CodeDoc {
        code: "crawl::extract::transform",
        title: "a transform cannot be applied",
        text: "A regular expression or a date format of the schema is wrong. The message names the field and the fault.",
    },
    CodeDoc {
        code: "crawl::file::csv",
        title: "a file is no CSV",
        text: "`read_csv` wants a header line and records with as many cells.",
    },
    CodeDoc {
        code: "crawl::file::json",
        title: "a file is no JSON",
        text: "`read_json` could not parse the file; the message names line and column.",
    },
    CodeDoc {
        code: "crawl::file::read",
        title: "a file cannot be read",
        text: "It does not exist, or may not be read, or is not UTF-8.",
    },
    CodeDoc {
        code: "crawl::file::write",
        title: "a file cannot be written",
        text: "Its folder does not exist, or may not be written to.",
    },
    CodeDoc {
        code: "crawl::hook::timeout",
        title: "a hook ran past the step's deadline",
        text: "Hooks run within the deadline of their step. Give the step more time with `timeout:`, or let the hook do less.",
    },
    CodeDoc {
        code: "crawl::hook::unknown",
        title: "there is no such hook point",
        text: "The help names the nearest point; there are ten, from `on_browser_created` to `on_close`.",
    },
    CodeDoc {
        code: "crawl::internal",
        title: "a bug of crawl",
        text: "Something that cannot happen happened. Please report it with the script.",
    },
    CodeDoc {
        code: "crawl::interrupted",
        title: "the run was interrupted",
        text: "Ctrl-C, SIGTERM or SIGHUP ended the run. Records written so far are kept.",
    },
    CodeDoc {
        code: "crawl::js::exception",
        title: "js in the page threw",
        text: "The step's js, or that of `evaluate`, threw an exception. The message is the page's; line and column count inside the script's own string. What follows in the step did not run. A common cause is a selector that matched nothing yet: wait for it in a step before.",
    },
    CodeDoc {
        code: "crawl::js::syntax",
        title: "the js does not parse",
        text: "JavaScript in the script is parsed before anything runs; the place is inside the string.",
    },
    CodeDoc {
        code: "crawl::js::timeout",
        title: "js in the page did not return",
        text: "The js, or the promise that it returned, had not ended at the step's deadline, and was stopped. The session can be used on. Let js return at once, and wait for its effect with `wait_for:`.",
    },
    CodeDoc {
        code: "crawl::module::broken",
        title: "a module does not compile",
        text: "The reports show what is wrong in the module's own text.",
    },
    CodeDoc {
        code: "crawl::journal::unsafe_replay",
        title: "going on would send data to a site again",
        text: "A step that ran before has to be repeated to bring the session back to where it stood, and it sent a form or \
               other data (a request that is no GET). `--replay-unsafe` allows that; on a terminal, `crawl watch` asks.",
    },
    CodeDoc {
        code: "crawl::module::cycle",
        title: "a module imports itself",
        text: "Directly or by way of others. Move what both need into a third module.",
    },
    CodeDoc {
        code: "crawl::module::unknown",
        title: "there is no such module",
        text: "Modules are looked up beside the script, in `CRAWL_PATH`, then in the standard library (`std/…`).",
    },
    CodeDoc {
        code: "crawl::module::unreadable",
        title: "a module cannot be read",
        text: "The file is there, but may not be read or is not UTF-8.",
    },
    CodeDoc {
        code: "crawl::navigation::failed",
        title: "a page cannot be loaded",
        text: "The connection was refused, reset or cut, or the host is unknown; the name that begins with `net::` is Chromium's. What was received so far is in `error.page`. An HTTP status such as 404 or 500 is no such error: `page.ok` and `page.status` tell it.",
    },
    CodeDoc {
        code: "crawl::navigation::not_a_page",
        title: "an address is no page",
        text: "The response is a download or has no content, so that there is nothing to show. Crawl the page that links to it.",
    },
    CodeDoc {
        code: "crawl::navigation::timeout",
        title: "a page did not load in time",
        text: "The document had not come as far as `wait_until` asks by the step's deadline. What was received so far is in `error.page`. Give it more time with `timeout:`, or be content with less: `wait_until: \"dom\"`.",
    },
    CodeDoc {
        code: "crawl::navigation::tls",
        title: "a server's certificate is not trusted",
        text: "The connection is not safe: the certificate is out of date, of another host, or signed by nobody known. Where that is expected, give the session `ignore_tls_errors: true`.",
    },
    CodeDoc {
        code: "crawl::output::open",
        title: "the output cannot be written",
        text: "The file's folder does not exist or may not be written to, or its ending is not known. Nothing was run.",
    },
    CodeDoc {
        code: "crawl::output::write",
        title: "the output could not be written",
        text: "The disk is full, or the file went away. Records up to the last whole one are kept.",
    },
    CodeDoc {
        code: "crawl::page::not_captured",
        title: "a part that this step did not capture",
        text: "A step captures only what it was asked for; the help names the option.",
    },
    CodeDoc {
        code: "crawl::page::unknown_part",
        title: "there is no such part",
        text: "Pages, elements, errors and sessions have fixed parts; the help names the nearest.",
    },
    CodeDoc {
        code: "crawl::parallel::thread",
        title: "a branch could not be started",
        text: "The system gave no further thread.",
    },
    CodeDoc {
        code: "crawl::param::missing",
        title: "a parameter without a value",
        text: "Run with `--set NAME=…`, or give a default.",
    },
    CodeDoc {
        code: "crawl::playground::failed",
        title: "the built-in site could not be started",
        text: "The port is taken, or may not be used.",
    },
    CodeDoc {
        code: "crawl::schema::field",
        title: "a field that is no builder",
        text: "A field is made by `text(…)`, `attr(…)` and the like; a constant by `value(…)`.",
    },
    CodeDoc {
        code: "crawl::schema::json",
        title: "a JSON schema that is not understood",
        text: "The message names the place in the file and the nearest known word.",
    },
    CodeDoc {
        code: "crawl::schema::unique",
        title: "`unique` names no field",
        text: "It takes the name of one of the schema's fields.",
    },
    CodeDoc {
        code: "crawl::select::no_match",
        title: "`css` matches nothing",
        text: "The step's `css` cut is empty, which is an error unless the step says `optional: true`. The findings tell which part of the selector matches and what is near.",
    },
    CodeDoc {
        code: "crawl::select::syntax",
        title: "a selector that is no CSS",
        text: "The place is inside the string. What only a live page can answer (`:checked`, `:hover`, XPath) is refused here: use `wait_for` or `evaluate`.",
    },
    CodeDoc {
        code: "crawl::session::closed",
        title: "a session was closed during a step",
        text: "`close` ended the step that was under way in the session. The closing itself succeeded. Close a session after its last step.",
    },
    CodeDoc {
        code: "crawl::session::lost",
        title: "a session's page is lost",
        text: "The tab crashed, was closed by its page, or its browser ended. The identity is not lost: the next `crawl(\"https://…\")` in the session opens a new tab with the same cookies. Steps that need the lost page fail with this error.",
    },
    CodeDoc {
        code: "crawl::session::no_page",
        title: "a step needs a page and there is none",
        text: "js, `wait_for` and relative addresses need a page that the session has loaded. Begin the session with an absolute address.",
    },
    CodeDoc {
        code: "crawl::session::none",
        title: "an act outside any session",
        text: "Acts work on a session's page: put the call into a `session(\"…\") { … }` block.",
    },
    CodeDoc {
        code: "crawl::session::options_changed",
        title: "a session's options were changed",
        text: "A session's options are fixed at its first use, so that an identity never changes under a script's feet. Give them at the first use, close the session first, or use another id. Options that are left out later are no change.",
    },
    CodeDoc {
        code: "crawl::session::unknown",
        title: "there is no session of that id",
        text: "The session was never used in this run, or was closed already. `sessions()` lists the open ones.",
    },
    CodeDoc {
        code: "crawl::syntax::ambiguous_continuation",
        title: "a line that could continue the block before it",
        text: "After a session block, a line that begins with `[`, `-` or `(` could go on with the block's value. Write `;` after the block.",
    },
    CodeDoc {
        code: "crawl::syntax::angle_block",
        title: "an angle block that does not close as meant",
        text: "The report shows every `>` that was taken one way and could be the other. Parentheses or braces settle it.",
    },
    CodeDoc {
        code: "crawl::syntax::escape",
        title: "an unknown escape",
        text: "Escapes are those of Rhai: `\\n`, `\\t`, `\\\"`, `\\xHH`, `\\uHHHH`. A raw string takes everything as it is.",
    },
    CodeDoc {
        code: "crawl::syntax::named_argument",
        title: "a named argument out of place",
        text: "Named arguments follow positional ones, each name once.",
    },
    CodeDoc {
        code: "crawl::syntax::not_utf8",
        title: "the script is not UTF-8",
        text: "Save the file as UTF-8; the message names the first bad byte.",
    },
    CodeDoc {
        code: "crawl::syntax::parse",
        title: "the script does not parse",
        text: "Something is missing or too much at the place shown.",
    },
    CodeDoc {
        code: "crawl::syntax::schema",
        title: "a schema that is not complete",
        text: "`schema Name at \"selector\", options { field: builder(…), … }`.",
    },
    CodeDoc {
        code: "crawl::syntax::session_block",
        title: "a session block with too many arguments",
        text: "A session takes its id and named options.",
    },
    CodeDoc {
        code: "crawl::syntax::single_quotes",
        title: "text in single quotes",
        text: "Single quotes hold one character. Use double quotes.",
    },
    CodeDoc {
        code: "crawl::syntax::stray_bracket",
        title: "a bracket that nothing opened",
        text: "Remove it, or open it before.",
    },
    CodeDoc {
        code: "crawl::syntax::too_large",
        title: "the file is too large for a script",
        text: "A script has at most 8 MB and 65,535 lines. Keep data in files.",
    },
    CodeDoc {
        code: "crawl::syntax::unclosed_bracket",
        title: "a bracket is not closed",
        text: "The report shows where it was opened.",
    },
    CodeDoc {
        code: "crawl::syntax::unclosed_comment",
        title: "a comment is not closed",
        text: "Block comments nest: each `/*` needs its own `*/`.",
    },
    CodeDoc {
        code: "crawl::syntax::unclosed_string",
        title: "a string is not closed",
        text: "Close it on the same line; back-ticks hold text of several lines.",
    },
    CodeDoc {
        code: "crawl::syntax::unknown_character",
        title: "a character without meaning",
        text: "Often a typographic quote or an unusual space.",
    },
    CodeDoc {
        code: "crawl::test::broken",
        title: "a golden case that cannot be run",
        text: "A golden file without its script, or an exit code that is no number.",
    },
    CodeDoc {
        code: "crawl::url::invalid",
        title: "an address is not valid",
        text: "A step's `url` is an absolute address (`https://…`, `http://…`, `file:…`), a page itself (`raw:<html>…`), or a reference that is resolved against the session's page. An address without its scheme, such as `example.com`, is none of these.",
    },
    CodeDoc {
        code: "crawl::usage::no_script",
        title: "there is no such file",
        text: "The script named on the command line does not exist.",
    },
    CodeDoc {
        code: "crawl::usage::set",
        title: "`--set` is not NAME=VALUE",
        text: "Such as `--set pages=5`; the value is JSON where it parses as JSON, else text.",
    },
    CodeDoc {
        code: "crawl::usage::unknown_code",
        title: "there is no such code",
        text: "`crawl explain` lists all codes.",
    },
    CodeDoc {
        code: "crawl::usage::unreadable",
        title: "a file cannot be read",
        text: "The system refused to read it; the message says why.",
    },
    CodeDoc { code: "crawl::value::json", title: "a text is no JSON", text: "`parse_json` could not parse the text." },
    CodeDoc {
        code: "crawl::value::number",
        title: "no number in a text",
        text: "`.int()` and `.float()` want a number, thousands separators included.",
    },
    CodeDoc {
        code: "crawl::value::regex",
        title: "a bad regular expression",
        text: "The syntax is that of Rust's `regex` crate: no look-around, no back-references.",
    },
    CodeDoc {
        code: "crawl::wait::js_error",
        title: "a js condition threw until the end",
        text: "A condition may throw while the page loads: it is asked again. This one threw each time, and the last exception is told. Check the js.",
    },
    CodeDoc {
        code: "crawl::wait::selector",
        title: "a condition's selector is no CSS",
        text: "The browser refused the selector. Conditions take CSS; `js(\"…\")` asks for what CSS cannot say.",
    },
    CodeDoc {
        code: "crawl::wait::timeout",
        title: "a condition did not come true",
        text: "By the step's deadline the condition did not hold. The error shows the condition, what was last seen of it, how long it waited and where, and why its selectors match nothing; `error.page` holds the page as it was then. Give it more time with `timeout:`, or wait for something that the page does show.",
    },
];

/// The entry of `code`.
#[must_use]
pub fn describe(code: &str) -> Option<&'static CodeDoc> {
    CODES.iter().find(|doc| doc.code == code)
}
