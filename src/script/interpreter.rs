//! The interpreter: one engine, one run, on a thread of its own with a large stack.

use std::sync::Arc;
use std::time::Instant;

use rhai::{AST, Dynamic, Engine, EvalAltResult, Scope, Stmt};

use super::check::check;
use super::compile::{compile, empty, too_large};
use super::failure::error_value;
use super::locals::Locals;
use super::report;
use super::run::{Place, Run};
use super::sources::Script;
use super::test_block::{TestBlock, TestEnd};
use super::value::from_json;
use crate::crawl::{CrawlError, Trouble};
use crate::diag::Diagnostic;
use crate::text::Source;

/// The stack of the script's thread and of each branch: address space, not memory.
pub const STACK_BYTES: usize = 512 * 1024 * 1024;

/// How a run ended that did not succeed.
#[derive(Debug)]
pub enum Failure {
    /// Found before running, or while running: what to show.
    Reports(Vec<Diagnostic>, Option<Box<CrawlError>>),
    /// Ctrl-C or its like.
    Interrupted,
}

/// A compiled script with what came of its check.
pub struct Compiled {
    /// The script.
    pub script: Arc<Script>,
    ast: AST,
}

/// Interprets scripts of one run.
pub struct Interpreter {
    engine: Engine,
    run: Arc<Run>,
}

impl Interpreter {
    /// An interpreter for a run. Costs well under a millisecond; starts no browser.
    #[must_use]
    pub fn new(run: Arc<Run>) -> Self {
        for (name, value) in &run.settings.params {
            run.set_global(name, from_json(value));
        }
        Self { engine: super::engine::build(&run), run }
    }

    /// An interpreter that sees the variables of the place where a script fails.
    #[must_use]
    pub(super) fn showing(run: Arc<Run>, locals: &Arc<Locals>) -> Self {
        let mut interpreter = Self::new(run);
        locals.watch(&mut interpreter.engine, &interpreter.run);
        interpreter
    }

    /// The run.
    #[must_use]
    pub fn run(&self) -> &Arc<Run> {
        &self.run
    }

    /// Rewrites, compiles and checks a script: everything that is wrong with it, or what can be run.
    /// `known` are names that stand already (the REPL's variables).
    pub fn compile(&self, source: Source, known: &[String]) -> Result<Compiled, Vec<Diagnostic>> {
        if let Some(report) = empty(&source).or_else(|| too_large(&source)) {
            return Err(vec![report]);
        }
        self.run.hide_passwords(source.text());
        let script = Script::new(source.clone())
            .map_err(|errors| errors.iter().map(|error| report::syntax(&source, error)).collect::<Vec<_>>())?;
        let script = Arc::new(script);
        let ast = compile(&self.engine, &self.run, &script).map_err(|report| vec![*report])?;
        let problems = check(&self.engine, &self.run, &script, &ast, known);
        if problems.is_empty() { Ok(Compiled { script, ast }) } else { Err(problems) }
    }

    /// Rewrites and parses a script without a check: what keeps it from being one.
    pub fn parse(&self, source: &Source) -> Result<(), Vec<Diagnostic>> {
        let script = Script::new(source.clone())
            .map_err(|errors| errors.iter().map(|error| report::syntax(source, error)).collect::<Vec<_>>())?;
        compile(&self.engine, &self.run, &Arc::new(script)).map(drop).map_err(|report| vec![*report])
    }

    /// Runs a compiled script from its top in a scope of its own.
    pub fn evaluate(&self, compiled: &Compiled) -> Result<Dynamic, Failure> {
        self.evaluate_in(&mut Scope::new(), compiled)
    }

    /// Runs a compiled script in a scope that stays.
    pub fn evaluate_in(&self, scope: &mut Scope<'_>, compiled: &Compiled) -> Result<Dynamic, Failure> {
        self.run.sources.set_main(&compiled.script);
        let result = self.engine.eval_ast_with_scope::<Dynamic>(scope, &compiled.ast);
        self.outcome(result)
    }

    /// The functions and imports of a compiled script, to be carried into the next one (REPL).
    #[must_use]
    pub fn definitions(compiled: &Compiled) -> AST {
        let imports = compiled.ast.statements().iter().filter(|statement| matches!(statement, Stmt::Import(..)));
        let imports = AST::new(imports.cloned(), rhai::Module::new());
        imports.merge(&compiled.ast.clone_functions_only())
    }

    /// Puts the functions and imports of earlier scripts before a compiled one.
    pub fn with_definitions(compiled: &mut Compiled, earlier: &AST) {
        let mut merged = earlier.clone();
        merged.combine(compiled.ast.clone());
        merged.set_source(compiled.script.source.name());
        compiled.ast = merged;
    }

    /// The functions of a compiled script alone.
    #[must_use]
    pub(super) fn functions(compiled: &Compiled) -> AST {
        compiled.ast.clone_functions_only()
    }

    /// Imports to be carried into the next scripts.
    #[must_use]
    pub(super) fn of_imports(imports: &[Stmt]) -> AST {
        AST::new(imports.iter().cloned(), rhai::Module::new())
    }

    /// The statements at the top of a compiled script.
    #[must_use]
    pub(super) fn statements(compiled: &Compiled) -> Vec<Stmt> {
        compiled.ast.statements().to_vec()
    }

    /// One statement of a compiled script with the imports before it, to be run by itself.
    #[must_use]
    pub(super) fn part(compiled: &Compiled, imports: &[Stmt], statement: &Stmt) -> Compiled {
        let statements = imports.iter().chain(std::iter::once(statement)).cloned();
        let mut ast = AST::new(statements, rhai::Module::new()).merge(&compiled.ast.clone_functions_only());
        ast.set_source(compiled.script.source.name());
        Compiled { script: Arc::clone(&compiled.script), ast }
    }

    /// Makes the run ready to begin again, with its parameters.
    pub fn begin_again(&self) {
        self.run.begin_again();
        for (name, value) in &self.run.settings.params {
            self.run.set_global(name, from_json(value));
        }
    }

    /// Closes what the script left open, so that its `on_close` hooks run. Without such hooks the end of the browsers
    /// closes all at once.
    pub fn close_sessions(&self) {
        if self.run.hooks.anywhere(crate::crawl::HookPoint::Close) {
            let _ = self.engine.eval::<Dynamic>("close_all()");
        }
    }

    /// Runs the test blocks that the script wrote, for the run's tester, each outside any session. What it opens is
    /// closed at its end, and its hooks go. An interruption ends them all.
    pub fn run_tests(&self) -> Result<(), Failure> {
        let Some(tester) = self.run.tester() else { return Ok(()) };
        let blocks = self.run.tests.begin();
        let mut wanted = blocks.into_iter().filter(|block| tester.wants(&block.name)).peekable();
        if wanted.peek().is_some() {
            let _ = self.engine.eval::<Dynamic>("close_all()");
        }
        for block in wanted {
            tester.begins(&block.name, block.place);
            let began = Instant::now();
            let failure = match self.run_test(&block) {
                Ok(()) => None,
                Err(Failure::Interrupted) => return Err(Failure::Interrupted),
                Err(Failure::Reports(reports, _)) => reports.into_iter().next(),
            };
            if !tester.ended(TestEnd { name: block.name, place: block.place, elapsed: began.elapsed(), failure }) {
                break;
            }
        }
        Ok(())
    }

    fn run_test(&self, block: &TestBlock) -> Result<(), Failure> {
        let place = self.run.set_place(Place::default());
        let hooks = self.run.hooks.all();
        let result = self.outcome(block.body.call_by(&self.engine, Vec::new()));
        let closed = self.outcome(self.engine.eval::<Dynamic>("close_all()"));
        self.run.hooks.restore(hooks);
        self.run.set_place(place);
        result.and(closed).map(drop)
    }

    fn outcome(&self, result: Result<Dynamic, Box<EvalAltResult>>) -> Result<Dynamic, Failure> {
        if self.run.ended_quietly() {
            return Ok(Dynamic::UNIT);
        }
        // What a script caught of its interruption, or failed with on the way out, does not make it whole.
        if self.run.settings.cancel.cancelled() {
            return Err(Failure::Interrupted);
        }
        let error = match result {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        if interrupted(&error) {
            return Err(Failure::Interrupted);
        }
        if let EvalAltResult::Exit(value, _) = innermost(&error) {
            return Ok(value.clone());
        }
        let cause = error_value(&error).map(|value| Box::new(value.error().clone()));
        if cause.as_ref().is_some_and(|cause| cause.trouble == Trouble::Interrupted) {
            return Err(Failure::Interrupted);
        }
        Err(Failure::Reports(report::run(&self.run, &error), cause))
    }
}

fn innermost(error: &EvalAltResult) -> &EvalAltResult {
    match error {
        EvalAltResult::ErrorInFunctionCall(_, _, inner, _) | EvalAltResult::ErrorInModule(_, inner, _) => {
            innermost(inner)
        }
        other => other,
    }
}

fn interrupted(error: &EvalAltResult) -> bool {
    matches!(innermost(error), EvalAltResult::ErrorTerminated(..))
}

/// Runs `work` on a thread with the interpreter's stack and waits for it; a panic there is passed on.
pub fn on_script_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("crawl-script".to_owned()).stack_size(STACK_BYTES);
        let handle = thread.spawn_scoped(scope, work).expect("the system gives one more thread");
        match handle.join() {
            Ok(value) => value,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}
