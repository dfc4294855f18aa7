//! A closure of the script, kept for later, with the world it was made in.

#![expect(deprecated, reason = "Rhai marks its volatile interfaces so")]

use std::sync::Arc;

use rhai::{Dynamic, Engine, EvalAltResult, FnPtr, NativeCallContext, NativeCallContextStore};
use serde_json::Value;

use super::failure::wrap;
use super::fingerprint::{fingerprint, of_value};
use super::run::Run;
use crate::crawl::CrawlError;
use crate::syntax::changes;

/// A closure that can be called after the call that brought it has returned, from any thread. Cloning is cheap.
#[derive(Clone)]
pub struct Closure(Arc<Inner>);

struct Inner {
    pointer: FnPtr,
    world: NativeCallContextStore,
    params: Option<usize>,
    /// What the captured variables that it changes held when it was made, by their numbers.
    begun: Vec<(usize, Option<Value>)>,
}

impl Closure {
    /// Keeps a closure together with the functions and imports in sight at `ctx`.
    #[must_use]
    pub fn new(ctx: &NativeCallContext<'_>, run: &Run, pointer: FnPtr) -> Self {
        let body = run.sources.function(pointer.fn_name());
        let params = body.as_ref().map(|body| body.params.len().saturating_sub(pointer.curry().len()));
        let changed = |slot: &usize| {
            run.crawler.keeps_steps()
                && body
                    .as_ref()
                    .is_some_and(|body| body.params.get(*slot).is_some_and(|name| changes(&body.text, name)))
        };
        let begun = |slot: usize| (slot, of_value(run, &pointer.curry()[slot]));
        let begun = (0..pointer.curry().len()).filter(changed).map(begun).collect();
        Self(Arc::new(Inner { pointer, world: ctx.store_data(), params, begun }))
    }

    /// What it compares by: its source, what it captured, and the functions, modules and constants that it names;
    /// `None` when a live handle is among them, so that it never compares equal. A captured variable that it changes counts
    /// as it was when the closure was made: what it holds later comes of the steps, in whatever order they are done.
    #[must_use]
    pub fn fingerprint(&self, run: &Run) -> Option<String> {
        let constants = self.0.world.global.constants.as_ref();
        let constant = |name: &str| rhai::locked_read(constants?).and_then(|known| known.get(name).cloned());
        fingerprint(run, (&self.0.pointer, &self.0.begun), &constant)
    }

    /// The variables that it captured and shares with the script, with their numbers among all that it was given.
    #[must_use]
    pub fn captured(&self) -> Vec<(usize, Dynamic)> {
        let given = self.0.pointer.curry().iter().enumerate();
        given.filter(|(_, value)| value.is_shared()).map(|(slot, value)| (slot, value.clone())).collect()
    }

    /// Calls it with as many of the arguments as it takes.
    pub fn call_raw(&self, ctx: &NativeCallContext<'_>, args: Vec<Dynamic>) -> Result<Dynamic, Box<EvalAltResult>> {
        self.call_by(ctx.engine(), args)
    }

    /// As [`Self::call_raw`], where no call of the script stands around.
    pub fn call_by(&self, engine: &Engine, mut args: Vec<Dynamic>) -> Result<Dynamic, Box<EvalAltResult>> {
        args.truncate(self.0.params.unwrap_or(usize::MAX));
        let world = self.0.world.create_context(engine);
        self.0.pointer.call_raw(&world, None, args)
    }

    /// As [`Self::call_raw`], with the error wrapped for its way through a step.
    pub fn call(&self, ctx: &NativeCallContext<'_>, args: Vec<Dynamic>) -> Result<Dynamic, CrawlError> {
        self.call_raw(ctx, args).map_err(wrap)
    }
}
