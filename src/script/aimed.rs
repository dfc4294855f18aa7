//! Values of the script into what acts aim at: targets, places, keys, choices, files.

use rhai::{Array, Dynamic, Map};

use super::builtin::Call;
use super::failure::raise;
use super::value::describe;
use crate::browser::{Button, Choice, Chord, Modifier, Place};
use crate::crawl::{CrawlError, ErrorPlace};
use crate::page::{Target, TargetError};

type Refused = Box<rhai::EvalAltResult>;

impl Call<'_, '_> {
    /// A target that must be there, with `nth` and `within`.
    pub fn aimed_at(&self, name: &'static str) -> Result<Place, Refused> {
        let value = self.need(name)?;
        let target = self.target(name, &value)?;
        Ok(Place { target, nth: self.int("nth")?, within: self.within()? })
    }

    /// A target that may be left out, with `nth` and `within`.
    pub fn perhaps_aimed_at(&self, name: &'static str) -> Result<Option<Place>, Refused> {
        match self.value(name) {
            Some(_) => self.aimed_at(name).map(Some),
            None => Ok(None),
        }
    }

    /// What the target must lie in.
    pub fn within(&self) -> Result<Option<Target>, Refused> {
        self.value("within").map(|value| self.target("within", &value)).transpose()
    }

    /// A target.
    pub fn target(&self, name: &'static str, value: &Dynamic) -> Result<Target, Refused> {
        let Ok(text) = value.clone().into_immutable_string() else {
            let message = format!("`{name}` takes a target such as \"text=Save\", got {}", describe(value));
            let error = CrawlError::new("crawl::argument::type", message);
            return Err(self.refuse(name, error.help(format!("it is called as `{}`", self.builtin.signature()))));
        };
        Target::parse(&text).map_err(|error| raise(self.ctx, target_error(name, &error)))
    }

    /// Keys pressed together.
    pub fn chord(&self, name: &'static str) -> Result<(String, Chord), Refused> {
        let text = self.need_text(name)?;
        let chord = Chord::parse(&text).map_err(|error| {
            let failure = CrawlError::new("crawl::act::key", error.message);
            self.refuse(name, CrawlError { help: error.help, ..failure })
        })?;
        Ok((text.to_string(), chord))
    }

    /// Modifier keys: a name or an array of names.
    pub fn modifiers(&self) -> Result<Vec<Modifier>, Refused> {
        let names = self.strings("modifiers")?.unwrap_or_default();
        let one = |name: &String| {
            Modifier::named(name).ok_or_else(|| {
                let known: Vec<&str> = Modifier::ALL.iter().map(|(_, name)| *name).collect();
                let mut error = CrawlError::new("crawl::act::key", format!("`{name}` is no modifier"));
                error.help = crate::text::nearest_in(name, "modifiers are", &known);
                self.refuse("modifiers", error)
            })
        };
        names.iter().map(one).collect()
    }

    /// A button of the pointer.
    pub fn button(&self, otherwise: Button) -> Result<Button, Refused> {
        let words = [("left", Button::Left), ("middle", Button::Middle), ("right", Button::Right)];
        Ok(self.word("button", &words)?.unwrap_or(otherwise))
    }

    /// `[x, y]` or `#{ x: 3, y: 4 }` in CSS pixels.
    pub fn position(&self, name: &str) -> Result<Option<(f64, f64)>, Refused> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let number = |value: Option<&Dynamic>| {
            value.and_then(|value| value.as_float().ok().or_else(|| value.as_int().ok().map(|n| n as f64)))
        };
        let point = match (value.read_lock::<Map>(), value.read_lock::<Array>()) {
            (Some(map), _) => number(map.get("x")).zip(number(map.get("y"))),
            (_, Some(list)) if list.len() == 2 => number(list.first()).zip(number(list.get(1))),
            _ => None,
        };
        point.map(Some).ok_or_else(|| self.wrong(name, "`[x, y]` in pixels", &value))
    }

    /// Choices of a list: a text (value or label), a number (which one, from 0), a map, or an array of these.
    pub fn choices(&self, name: &str) -> Result<Vec<Choice>, Refused> {
        let value = self.need(name)?;
        match value.read_lock::<Array>() {
            Some(items) => items.iter().map(|item| self.choice(name, item)).collect(),
            None => Ok(vec![self.choice(name, &value)?]),
        }
    }

    fn choice(&self, name: &str, value: &Dynamic) -> Result<Choice, Refused> {
        if let Ok(text) = value.clone().into_immutable_string() {
            return Ok(Choice::Any(text.to_string()));
        }
        if let Some(index) = value.as_int().ok().and_then(|index| u64::try_from(index).ok()) {
            return Ok(Choice::Index(index));
        }
        let by = value.read_lock::<Map>().and_then(|map| {
            let (key, value) = map.iter().next().filter(|_| map.len() == 1)?;
            match key.as_str() {
                "value" => Some(Choice::Value(value.to_string())),
                "label" => Some(Choice::Label(value.to_string())),
                "index" => value.as_int().ok().and_then(|index| u64::try_from(index).ok()).map(Choice::Index),
                _ => None,
            }
        });
        let wanted = "a value or label, a number from 0, `#{ value: … }`, `#{ label: … }` or an array of these";
        by.ok_or_else(|| self.wrong(name, wanted, value))
    }
}

/// The error for a bad target, with its place in the option's string.
#[must_use]
pub fn target_error(option: &'static str, error: &TargetError) -> CrawlError {
    let mut failure = CrawlError::new("crawl::target::syntax", error.message.clone());
    failure.help.clone_from(&error.help);
    failure.place = Some(ErrorPlace { option: option.into(), index: 0, place: None, span: Some(error.span) });
    failure
}
