//! Log-ins that last: cookies and local storage in Playwright's storage-state JSON.

use std::io::ErrorKind;
use std::path::Path;

use rhai::Dynamic;
use serde::{Deserialize, Serialize};

use super::sessions::{own_id, perform};
use crate::browser::{Cookie, OriginStorage};
use crate::crawl::{Act, ActValue, CrawlError, SessionAct};
use crate::script::builtin::{Builtin, Call, Kind, OptionDoc, Param, Receiver};
use crate::script::failure::Outcome;

type Refused = Box<rhai::EvalAltResult>;

const EXAMPLE: &str = "session(\"shop\") {\n  crawl(`${playground()}/cookies`);\n  save_state(\"shop\", \"notes.tmp\");\n}\nprint(read_json(\"notes.tmp\").cookies.len() > 0);";

const TIMEOUT: &[OptionDoc] =
    &[OptionDoc { name: "timeout", kind: Kind::Duration, default: "\"30s\"", doc: "one deadline for the whole act" }];

/// The family.
pub const TABLE: &[Builtin] = &[
    Builtin {
        name: "save_state",
        receiver: Receiver::None,
        params: &[
            Param { name: "session", kind: Kind::Text, optional: false },
            Param { name: "path", kind: Kind::Text, optional: true },
        ],
        variadic: false,
        options: SAVE_OPTIONS,
        result: "()",
        doc: "Writes a session's cookies and storage to a file for `state:`; Playwright reads it too",
        example: EXAMPLE,
        category: "sessions",
        call: |call| {
            let first = call.need_text("session")?.to_string();
            match call.text("path")? {
                Some(path) => save(call, Some(first), &path),
                // Inside a block the path alone is enough.
                None => save(call, None, &first),
            }
        },
    },
    Builtin {
        name: "save_state",
        receiver: Receiver::Session,
        params: &[Param { name: "path", kind: Kind::Text, optional: false }],
        variadic: false,
        options: SAVE_OPTIONS,
        result: "()",
        doc: "Writes the handle's cookies and storage to a file for `state:`; Playwright reads it too",
        example: "let s = session(\"shop\");\ns.crawl(`${playground()}/cookies`);\ns.save_state(\"notes.tmp\");",
        category: "sessions",
        call: |call| {
            let path = call.need_text("path")?;
            let id = own_id(call);
            save(call, Some(id), &path)
        },
    },
    Builtin {
        name: "load_state",
        receiver: Receiver::None,
        params: &[Param { name: "path", kind: Kind::Text, optional: false }],
        variadic: false,
        options: LOAD_OPTIONS,
        result: "bool",
        doc: "Gives the session around the call the cookies of a state file in place of its own, and its storage; crawl an address after it",
        example: "session(\"shop\") {\n  load_state(\"notes.tmp\", optional: true);\n  print(crawl(`${playground()}/cookies`).ok);\n}",
        category: "sessions",
        call: |call| load(call),
    },
];

const SAVE_OPTIONS: &[OptionDoc] = &[
    OptionDoc { name: "indexed_db", kind: Kind::Bool, default: "true", doc: "the databases of the page's origin too" },
    TIMEOUT[0],
];

const LOAD_OPTIONS: &[OptionDoc] = &[
    OptionDoc { name: "optional", kind: Kind::Bool, default: "false", doc: "a file that is missing is no error" },
    TIMEOUT[0],
];

/// The file, as Playwright writes it.
#[derive(Serialize, Deserialize)]
struct State {
    cookies: Vec<StateCookie>,
    #[serde(default)]
    origins: Vec<StateOrigin>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StateCookie {
    name: String,
    value: String,
    domain: String,
    path: String,
    #[serde(default = "never")]
    expires: f64,
    #[serde(default)]
    http_only: bool,
    #[serde(default)]
    secure: bool,
    #[serde(default)]
    same_site: Option<String>,
}

fn never() -> f64 {
    -1.0
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StateOrigin {
    origin: String,
    #[serde(default)]
    local_storage: Vec<Item>,
    #[serde(rename = "indexedDB", default, skip_serializing_if = "Vec::is_empty")]
    indexed_db: Vec<serde_json::Value>,
}

#[derive(Serialize, Deserialize)]
struct Item {
    name: String,
    value: String,
}

/// Cookies and storage.
type Known = (Vec<Cookie>, Vec<OriginStorage>);

/// Reads the state file that the option or parameter names: cookies and storage; `None` where there is none and it is
/// `optional`.
pub fn read(call: &Call<'_, '_>, option: &'static str, path: &str, optional: bool) -> Result<Option<Known>, Refused> {
    let Some(text) = super::input::read_state(call, option, path, optional)? else { return Ok(None) };
    let refuse = |message: String| {
        let error = CrawlError::new("crawl::session::state", message);
        call.refuse(option, error.help("a state file is what `save_state` writes, or Playwright's `storageState`"))
    };
    let state: State =
        serde_json::from_str(&text).map_err(|error| refuse(format!("`{path}` is no storage state: {error}")))?;
    let mut storage = Vec::new();
    for origin in state.origins {
        let real = url::Url::parse(&origin.origin).is_ok_and(|url| url.origin().ascii_serialization() == origin.origin);
        if !real {
            return Err(refuse(format!("`{path}` is no storage state: `{}` is no origin", origin.origin)));
        }
        let items = origin.local_storage.into_iter().map(|item| (item.name, item.value)).collect();
        storage.push(OriginStorage { origin: origin.origin, local_storage: items, indexed_db: origin.indexed_db });
    }
    let cookies: Vec<Cookie> = state.cookies.into_iter().map(cookie).collect();
    match cookies.iter().find_map(|cookie| Some((cookie, cookie.fault()?))) {
        Some((cookie, fault)) => Err(refuse(format!("the cookie `{}` of `{path}`: {fault}", cookie.name))),
        None => Ok(Some((cookies, storage))),
    }
}

fn cookie(cookie: StateCookie) -> Cookie {
    Cookie {
        name: cookie.name,
        value: cookie.value,
        domain: Some(cookie.domain),
        path: Some(cookie.path),
        url: None,
        expires: Some(cookie.expires).filter(|expires| *expires >= 0.0),
        http_only: cookie.http_only,
        secure: cookie.secure,
        same_site: cookie.same_site.filter(|rule| ["Strict", "Lax", "None"].contains(&rule.as_str())),
    }
}

/// Whether there was such a file.
fn load(call: &Call<'_, '_>) -> Outcome {
    let path = call.need_text("path")?;
    let Some((cookies, storage)) = read(call, "path", &path, call.flag("optional")?)? else { return Ok(false.into()) };
    perform(call, None, Act::Session(SessionAct::LoadState(cookies, storage)))?;
    Ok(true.into())
}

fn save(call: &Call<'_, '_>, session: Option<String>, path: &str) -> Outcome {
    let file = Path::new(path);
    call.run.crawler.access().write(file).map_err(|error| call.refuse("path", error))?;
    let databases = call.value("indexed_db").is_none() || call.flag("indexed_db")?;
    let ActValue::State(cookies, storage) = perform(call, session, Act::Session(SessionAct::SaveState { databases }))?
    else {
        return Ok(Dynamic::UNIT);
    };
    let state = State {
        cookies: cookies.into_iter().map(state_cookie).collect(),
        origins: storage.into_iter().filter(|origin| !origin.is_empty()).map(state_origin).collect(),
    };
    let text = serde_json::to_string_pretty(&state).map_err(|error| call.fail("crawl::internal", error.to_string()))?;
    let written = call.run.write(file, text.as_bytes(), true);
    written.map_err(|error| call.refuse("path", CrawlError::new("crawl::file::write", error.to_string())))?;
    Ok(Dynamic::UNIT)
}

fn state_cookie(cookie: Cookie) -> StateCookie {
    StateCookie {
        name: cookie.name,
        value: cookie.value,
        domain: cookie.domain.unwrap_or_default(),
        path: cookie.path.unwrap_or_else(|| "/".to_owned()),
        expires: cookie.expires.unwrap_or(-1.0),
        http_only: cookie.http_only,
        secure: cookie.secure,
        // A cookie without a rule is treated as `Lax`, and a file must name one.
        same_site: Some(cookie.same_site.unwrap_or_else(|| "Lax".to_owned())),
    }
}

fn state_origin(storage: OriginStorage) -> StateOrigin {
    let items = storage.local_storage.into_iter().map(|(name, value)| Item { name, value }).collect();
    StateOrigin { origin: storage.origin, local_storage: items, indexed_db: storage.indexed_db }
}

/// A path whose folder is missing gets one: pictures and PDFs are written where the script says.
pub fn write_file(call: &Call<'_, '_>, path: &str, bytes: &[u8]) -> Result<(), Refused> {
    let file = Path::new(path);
    call.run.crawler.access().write(file).map_err(|error| call.refuse("path", error))?;
    let refuse = |reason: String| call.refuse("path", CrawlError::new("crawl::file::write", reason));
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        match std::fs::create_dir_all(folder) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                return Err(refuse(format!("cannot make the folder `{}`: {error}", folder.display())));
            }
            _ => {}
        }
    }
    call.run.write(file, bytes, false).map_err(|error| refuse(error.to_string()))
}
