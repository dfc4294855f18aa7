//! The shape of the table of builtins: one entry feeds registration, checks, completion, help and the README.

use std::any::TypeId;
use std::sync::Arc;

use rhai::{Dynamic, Engine, EvalAltResult, ImmutableString, Map, NativeCallContext};

use super::failure::{Outcome, raise};
use super::run::Run;
use super::session_option::SessionOption;
use super::value::describe;
use crate::crawl::{CrawlError, ErrorPlace};
use crate::text::nearest_in;

/// What a method belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Receiver {
    /// A plain function.
    None,
    /// A page.
    Page,
    /// An element of a page.
    Element,
    /// A session's handle.
    Session,
    /// The live page that a hook gets.
    Live,
    /// A field of a schema.
    Field,
    /// A string.
    Text,
    /// A number.
    Number,
    /// A map.
    Map,
    /// A value of which something is expected.
    Expectation,
}

impl Receiver {
    /// What people call it; `None` for plain functions.
    #[must_use]
    pub fn word(self) -> Option<&'static str> {
        Some(match self {
            Self::None => return None,
            Self::Page | Self::Live => "page",
            Self::Element => "element",
            Self::Session => "session",
            Self::Field => "field",
            Self::Text => "text",
            Self::Number => "number",
            Self::Map => "map",
            Self::Expectation => "expectation",
        })
    }
}

/// The type that an option or parameter takes, checked in literals before the run and for every value in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Text,
    Bool,
    Int,
    Number,
    Duration,
    List,
    Map,
    Function,
    Url,
    Js,
    Css,
    /// A selector that may begin with a combinator or be `:self`.
    RowCss,
    Condition,
    /// What an act aims at.
    Target,
    /// A key or a chord.
    Keys,
    /// A regular expression.
    Regex,
    /// A pattern of addresses.
    UrlPattern,
    /// A strptime format.
    DateFormat,
    Schema,
    /// The name of a point at which hooks run.
    HookPoint,
    /// A value of a session's option.
    Session(SessionOption),
    /// One of a few words.
    Word(&'static [&'static str]),
    Any,
}

/// A positional parameter.
#[derive(Debug, Clone, Copy)]
pub struct Param {
    /// Its name; also the option's name when it may be given by name.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Whether it may be left out.
    pub optional: bool,
}

/// A named option.
#[derive(Debug, Clone, Copy)]
pub struct OptionDoc {
    /// Its key.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// The default in words; empty when there is none.
    pub default: &'static str,
    /// One line.
    pub doc: &'static str,
}

/// One builtin function or method.
#[derive(Clone, Copy)]
pub struct Builtin {
    /// Its name in scripts.
    pub name: &'static str,
    /// What it is a method of.
    pub receiver: Receiver,
    /// Positional parameters, the receiver not counted.
    pub params: &'static [Param],
    /// More positional arguments than parameters are taken as further ones of the last.
    pub variadic: bool,
    /// Named options; a parameter may be given by its name as well.
    pub options: &'static [OptionDoc],
    /// What it returns, in a word.
    pub result: &'static str,
    /// One line.
    pub doc: &'static str,
    /// A script that runs.
    pub example: &'static str,
    /// The chapter it belongs to.
    pub category: &'static str,
    /// The work.
    pub call: fn(&mut Call<'_, '_>) -> Outcome,
}

/// One call of a builtin.
pub struct Call<'a, 'c> {
    /// The entry.
    pub builtin: &'static Builtin,
    /// Rhai's side of the call.
    pub ctx: &'a NativeCallContext<'c>,
    /// The run.
    pub run: &'a Arc<Run>,
    /// Receiver (for methods) and positional arguments.
    pub args: Vec<Dynamic>,
    /// Named options.
    pub options: Map,
}

impl Call<'_, '_> {
    /// Raises an error at the place of this call.
    #[must_use]
    pub fn fail(&self, code: &'static str, message: impl Into<String>) -> Box<EvalAltResult> {
        raise(self.ctx, CrawlError::new(code, message))
    }

    /// Raises an error that says what the argument should have been.
    #[must_use]
    pub fn wrong(&self, name: &str, wanted: &str, got: &Dynamic) -> Box<EvalAltResult> {
        let message = format!("`{name}` takes {wanted}, got {}", describe(got));
        self.refuse(name, CrawlError::new("crawl::argument::type", message))
    }

    /// Raises an error at the place of the argument of that name.
    #[must_use]
    pub fn refuse(&self, name: &str, mut error: CrawlError) -> Box<EvalAltResult> {
        let option = self.builtin.known_name(name);
        error.place = option.map(|option| ErrorPlace { option: option.into(), index: 0, place: None, span: None });
        raise(self.ctx, error)
    }

    /// The value of a parameter, given by position or by name; `()` counts as not given.
    pub fn value(&self, name: &str) -> Option<Dynamic> {
        let first = usize::from(self.builtin.receiver != Receiver::None);
        let index = self.builtin.params.iter().position(|param| param.name == name);
        let positional = index.and_then(|index| self.args.get(first + index)).filter(|value| !value.is_unit());
        positional.or_else(|| self.options.get(name).filter(|value| !value.is_unit())).cloned()
    }

    /// The value as text.
    pub fn text(&self, name: &str) -> Result<Option<ImmutableString>, Box<EvalAltResult>> {
        let Some(value) = self.value(name) else { return Ok(None) };
        value.clone().into_immutable_string().map(Some).map_err(|_| self.wrong(name, "a string", &value))
    }

    /// The value as text, which must be there.
    pub fn need_text(&self, name: &str) -> Result<ImmutableString, Box<EvalAltResult>> {
        self.text(name)?.ok_or_else(|| self.missing(name))
    }

    /// The value, which must be there.
    pub fn need(&self, name: &str) -> Result<Dynamic, Box<EvalAltResult>> {
        self.value(name).ok_or_else(|| self.missing(name))
    }

    /// The value as a boolean.
    pub fn flag(&self, name: &str) -> Result<bool, Box<EvalAltResult>> {
        let Some(value) = self.value(name) else { return Ok(false) };
        value.as_bool().map_err(|_| self.wrong(name, "true or false", &value))
    }

    /// The value as a whole number.
    pub fn int(&self, name: &str) -> Result<Option<i64>, Box<EvalAltResult>> {
        let Some(value) = self.value(name) else { return Ok(None) };
        value.as_int().map(Some).map_err(|_| self.wrong(name, "a whole number", &value))
    }

    /// The call as the script wrote it, for listings.
    #[must_use]
    pub fn text_of_call(&self) -> Option<String> {
        let script = self.run.sources.find(self.ctx.call_source())?;
        let call = script.call(self.ctx.call_position())?;
        Some(script.source.slice(call.span).to_owned())
    }

    fn missing(&self, name: &str) -> Box<EvalAltResult> {
        self.fail("crawl::argument::missing", format!("`{}` needs `{name}`", self.builtin.name))
    }
}

impl Builtin {
    /// The fewest positional arguments, the receiver not counted.
    #[must_use]
    pub fn min_args(&self) -> usize {
        self.params.iter().take_while(|param| !param.optional).count()
    }

    /// Every name that may stand before a colon in a call.
    #[must_use]
    pub fn option_names(&self) -> Vec<&'static str> {
        if self.options.is_empty() {
            return Vec::new();
        }
        self.options.iter().map(|o| o.name).chain(self.params.iter().map(|p| p.name)).collect()
    }

    /// The table's own copy of a parameter's or option's name.
    fn known_name(&self, name: &str) -> Option<&'static str> {
        let names = self.params.iter().map(|p| p.name).chain(self.options.iter().map(|o| o.name));
        names.into_iter().find(|known| *known == name)
    }

    /// The type of an option or parameter of that name.
    #[must_use]
    pub fn kind_of(&self, name: &str) -> Option<Kind> {
        let option = self.options.iter().find(|o| o.name == name).map(|o| o.kind);
        option.or_else(|| self.params.iter().find(|p| p.name == name).map(|p| p.kind))
    }

    /// The signature behind what it is called on: `page.click(target, …)`.
    #[must_use]
    pub fn call_signature(&self) -> String {
        let receiver = self.receiver.word().map_or_else(String::new, |word| format!("{word}."));
        format!("{receiver}{}", self.signature())
    }

    /// `crawl(url?, js?, …, timeout: …)` for help and hover.
    #[must_use]
    pub fn signature(&self) -> String {
        let params = self.params.iter().map(|p| if p.optional { format!("{}?", p.name) } else { p.name.to_owned() });
        let named = (!self.options.is_empty()).then(|| "…".to_owned());
        let list: Vec<String> = params.chain(named).collect();
        format!("{}({}) → {}", self.name, list.join(", "), self.result)
    }

    /// Registers every arity with the engine.
    pub fn register(&'static self, engine: &mut Engine, run: &Arc<Run>) {
        let receiver = receiver_type(self.receiver);
        // Rhai's own string methods take strings: ours must be as exact to come first.
        let param =
            if self.receiver == Receiver::Text { TypeId::of::<ImmutableString>() } else { TypeId::of::<Dynamic>() };
        let most = if self.variadic { 16 } else { self.params.len() };
        let most = most + usize::from(!self.options.is_empty());
        let least = if self.options.is_empty() { self.min_args() } else { 0 };
        for count in least..=most.min(19) {
            let types: Vec<TypeId> = receiver.into_iter().chain(std::iter::repeat_n(param, count)).collect();
            // Rhai's own functions of a text or a number would win over ours with their exact types.
            let exact = match self.params.first().map(|first| first.kind) {
                Some(Kind::Text) => &[TypeId::of::<ImmutableString>()][..],
                Some(Kind::Duration) => &[TypeId::of::<rhai::INT>(), TypeId::of::<rhai::FLOAT>()],
                _ => &[],
            };
            for exact in exact.iter().filter(|_| self.receiver == Receiver::None && count == 1) {
                let run = Arc::clone(run);
                engine.register_raw_fn(self.name, [*exact], move |ctx, args| self.invoke(&ctx, &run, args));
            }
            let run = Arc::clone(run);
            engine.register_raw_fn(self.name, types, move |ctx, args| self.invoke(&ctx, &run, args));
        }
    }

    fn invoke(&'static self, ctx: &NativeCallContext<'_>, run: &Arc<Run>, args: &mut [&mut Dynamic]) -> Outcome {
        let mut args: Vec<Dynamic> = args.iter_mut().map(|arg| arg.flatten_clone()).collect();
        let options = self.take_options(&mut args);
        let mut call = Call { builtin: self, ctx, run, args, options };
        self.check_options(&call)?;
        (self.call)(&mut call)
    }

    fn take_options(&self, args: &mut Vec<Dynamic>) -> Map {
        let last_is_options = !self.options.is_empty() && args.last().is_some_and(Dynamic::is_map);
        if !last_is_options {
            return Map::new();
        }
        args.pop().and_then(|last| last.try_cast::<Map>()).unwrap_or_default()
    }

    fn check_options(&self, call: &Call<'_, '_>) -> Result<(), Box<EvalAltResult>> {
        let first = usize::from(self.receiver != Receiver::None);
        // Only where options are taken is one argument more registered than there are parameters.
        if let Some(extra) = call.args.get(first + self.params.len()).filter(|_| !self.variadic) {
            let message = format!("`{}` takes its options by name, got {}", self.name, describe(extra));
            let error = CrawlError::new("crawl::argument::type", message);
            return Err(raise(call.ctx, error.help(format!("it is called as `{}`", self.signature()))));
        }
        for key in call.options.keys() {
            if self.kind_of(key).is_none() {
                let mut error = CrawlError::new(
                    "crawl::argument::unknown_option",
                    format!("`{}` has no option `{key}`", self.name),
                );
                error.help = nearest_in(key, "its options", &self.option_names());
                return Err(raise(call.ctx, error));
            }
            let index = self.params.iter().position(|param| param.name == key.as_str());
            let twice = index.and_then(|i| call.args.get(first + i)).is_some_and(|value| !value.is_unit());
            if twice {
                let message = format!("`{key}` is given by position and by name");
                let error = CrawlError::new("crawl::argument::twice", message).help("keep one of the two");
                return Err(call.refuse(key, error));
            }
        }
        Ok(())
    }
}

fn receiver_type(receiver: Receiver) -> Option<TypeId> {
    Some(match receiver {
        Receiver::None => return None,
        Receiver::Page => TypeId::of::<super::page_value::PageValue>(),
        Receiver::Element => TypeId::of::<super::element::ElementValue>(),
        Receiver::Session => TypeId::of::<super::session_value::SessionValue>(),
        Receiver::Live => TypeId::of::<super::live_value::LiveValue>(),
        Receiver::Field => TypeId::of::<super::schema_value::FieldValue>(),
        Receiver::Text => TypeId::of::<ImmutableString>(),
        Receiver::Number => TypeId::of::<i64>(),
        Receiver::Map => TypeId::of::<Map>(),
        Receiver::Expectation => TypeId::of::<super::expectation::Expectation>(),
    })
}
