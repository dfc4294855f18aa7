//! The variables of the place where a script fails, seen through Rhai's debugging interface while it is evaluated again.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rhai::debugger::{DebuggerCommand, DebuggerEvent};
use rhai::{ASTNode, Dynamic, Engine, Expr, Scope};

use super::run::{Run, lock};

/// Copying variables may take so long in all; a script that goes on and on between two steps keeps those of its top.
const COPYING: Duration = Duration::from_secs(1);

/// The last variables that were seen.
pub struct Locals {
    /// How many steps the failed run began.
    steps: u64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// No more is looked at.
    done: bool,
    copying: Duration,
    seen: Option<Seen>,
}

struct Seen {
    /// Within a function or a closure, whose scope holds its own variables alone.
    inside: bool,
    /// Name, whether it is constant, and value.
    variables: Vec<(String, bool, Dynamic)>,
}

impl Locals {
    /// Of a script that fails after it began so many steps.
    #[must_use]
    pub fn after(steps: u64) -> Self {
        Self { steps, state: Mutex::default() }
    }

    /// Looks on while the engine evaluates.
    pub(super) fn watch(self: &Arc<Self>, engine: &mut Engine, run: &Arc<Run>) {
        let (locals, run) = (Arc::clone(self), Arc::clone(run));
        #[expect(deprecated, reason = "Rhai marks its volatile interfaces so")]
        engine.register_debugger(
            |_, debugger| debugger,
            move |context, event, node, _, _| {
                if lock(&locals.state).done {
                    return Ok(DebuggerCommand::Continue);
                }
                let enters = matches!(event, DebuggerEvent::Start | DebuggerEvent::Step) && begins(&node);
                if enters && run.crawler.begun() + 1 >= locals.steps {
                    locals.see(context.call_level() > 0, context.scope());
                }
                Ok(DebuggerCommand::StepInto)
            },
        );
    }

    fn see(&self, inside: bool, scope: &Scope<'_>) {
        let begun = Instant::now();
        let variables = scope.iter().map(|(name, constant, value)| (name.to_owned(), constant, value)).collect();
        let mut state = lock(&self.state);
        state.copying += begun.elapsed();
        state.seen = Some(Seen { inside, variables });
        if state.copying > COPYING {
            (state.done, state.seen) = (true, None);
        }
    }

    /// Ends the looking on, and makes what was seen last the variables of a scope; those at the top stay where a function
    /// has no such name.
    pub(super) fn put_into(&self, scope: &mut Scope<'static>) {
        let mut state = lock(&self.state);
        state.done = true;
        let Some(seen) = &state.seen else { return };
        if !seen.inside {
            scope.clear();
        }
        for (name, constant, value) in &seen.variables {
            if *constant {
                scope.push_constant_dynamic(name.as_str(), value.clone());
            } else {
                scope.push_dynamic(name.as_str(), value.clone());
            }
        }
    }
}

/// Whether a node is a statement or a call: what can fail begins there.
fn begins(node: &ASTNode<'_>) -> bool {
    match node {
        ASTNode::Stmt(_) => true,
        ASTNode::Expr(expression) => {
            matches!(expression, Expr::FnCall(..) | Expr::MethodCall(..) | Expr::Dot(..) | Expr::Index(..))
        }
        _ => false,
    }
}
