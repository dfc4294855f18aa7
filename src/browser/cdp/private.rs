//! What of a message is nobody else's business by its kind: what was typed, what fields hold, what pages store.

use std::borrow::Cow;
use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use regex::Regex;
use serde_json::{Map, Value};

use crate::browser::emulation::decoded;
use crate::text::{HIDDEN, Readable, Secrets, secrets_of};

/// Commands and events with texts that are typed or stored, and the parameters that have them.
const TEXTS: &[(&str, &[&str])] = &[
    ("Input.insertText", &["text"]),
    ("Page.handleJavaScriptDialog", &["promptText"]),
    ("Page.javascriptDialogClosed", &["userInput"]),
    ("browsingContext.handleUserPrompt", &["userText"]),
    ("browsingContext.userPromptClosed", &["userText"]),
    ("network.continueRequest", &["body"]),
    ("network.provideResponse", &["body"]),
    ("DOMStorage.domStorageItemAdded", &["newValue"]),
    ("DOMStorage.domStorageItemUpdated", &["oldValue", "newValue"]),
];

/// The types of strokes: of `Input.dispatchKeyEvent`, and of key actions (WebDriver BiDi, `input.performActions`).
const STROKES: &[&str] = &["keyDown", "rawKeyDown", "char", "keyUp"];

/// What tells which key a stroke is of.
const STROKE: &[&str] =
    &["text", "unmodifiedText", "key", "value", "code", "windowsVirtualKeyCode", "nativeVirtualKeyCode"];

/// What a field is filled with.
static FILLED: LazyLock<Regex> = LazyLock::new(|| pattern(r#"("kind":"fill","value":)"(?:[^"\\]|\\.)*""#));

/// What fields hold, in an answer that is a text, and all behind it.
static FORMS: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(?s)("forms":\[).+"#));

/// A call that writes local storage.
static STORE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?s)(crawlInPage\.store\().*"));

/// A call that writes databases.
static RESTORE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?s)(\}\)\(\)\.restore\().*"));

/// A parameter of an address, or what is written like one.
static PARAMETER: LazyLock<Regex> = LazyLock::new(|| pattern(r#"[?&#;]([\w.\[\]%-]+)=([^&#;\s"'<>\\`]+)"#));

/// The user and the password in an address.
static USER: LazyLock<Regex> = LazyLock::new(|| pattern(r#"://([^/\s:@"'<>\\]*):([^/\s@"'<>\\]+)@"#));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is one")
}

/// The end of the script that reads and writes databases.
const DATABASES: &str = "return { dump, restore }";

/// The calls that read local storage and databases: the answer is all that is there.
pub(super) fn asks_storage(text: &str) -> bool {
    text.contains("crawlInPage.stored()") || text.contains(DATABASES)
}

/// Learns what addresses in a text tell: tokens in parameters, and passwords.
pub(super) fn learn(text: &str, secrets: &mut Secrets) {
    if text.contains('=') {
        for found in PARAMETER.captures_iter(text) {
            secrets_of(&found[1], &found[2], Readable::ByScripts).iter().for_each(|secret| secrets.add(secret));
        }
    }
    if text.contains('@') {
        for found in USER.captures_iter(text) {
            let (user, password) = (decoded(&found[1]), decoded(&found[2]));
            secrets.add(&found[2]);
            secrets.add(&STANDARD.encode(format!("{user}:{password}")));
            secrets.add(&password);
        }
    }
}

/// Hides the texts of a message that are private whatever they are.
pub(super) fn hide(message: &mut Value) {
    let method = message["method"].as_str().unwrap_or_default().to_owned();
    if let Some(params) = message["params"].as_object_mut() {
        let texts = TEXTS.iter().find(|(known, _)| *known == method).map_or(&[][..], |(_, texts)| texts);
        for text in texts {
            params.entry(*text).and_modify(|text| *text = HIDDEN.into());
        }
    }
    hide_within(message);
}

fn hide_within(value: &mut Value) {
    match value {
        Value::String(text) => hide_in_text(text),
        Value::Array(items) => items.iter_mut().for_each(hide_within),
        Value::Object(map) => {
            let kind = map.get("type").and_then(Value::as_str).unwrap_or_default();
            if STROKES.contains(&kind) {
                hide_stroke(map);
            }
            for (key, item) in map.iter_mut() {
                match item.as_array_mut().filter(|_| key == "forms") {
                    Some(forms) => forms.iter_mut().for_each(|form| {
                        if let Some(held) = form.get_mut("value") {
                            *held = HIDDEN.into();
                        }
                    }),
                    None => hide_within(item),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Hides which key a stroke is of, unless it is one with a name, such as `Enter`.
fn hide_stroke(stroke: &mut Map<String, Value>) {
    let told = |part: &str| stroke.get(part).and_then(Value::as_str).unwrap_or_default();
    let character = |key: &str| told(key).chars().count() == 1;
    if character("key") || character("value") || told("text").chars().any(|c| !c.is_control()) {
        for part in STROKE {
            stroke.entry(*part).and_modify(|part| *part = HIDDEN.into());
        }
    }
}

fn hide_in_text(text: &mut String) {
    if text.contains(r#""forms":["#)
        && let Ok(mut told @ Value::Object(_)) = serde_json::from_str(text)
    {
        hide_within(&mut told);
        *text = told.to_string();
        return;
    }
    let kinds = [
        (r#""kind":"fill""#, &FILLED, format!("${{1}}\"{HIDDEN}\"")),
        (r#""forms":["#, &FORMS, format!("${{1}}{HIDDEN}")),
        ("crawlInPage.store(", &STORE, format!("${{1}}{HIDDEN})")),
        (DATABASES, &RESTORE, format!("${{1}}{HIDDEN})")),
    ];
    for (sign, pattern, hidden) in kinds {
        if text.contains(sign)
            && let Cow::Owned(without) = pattern.replace_all(text, hidden)
        {
            *text = without;
        }
    }
}
