//! What can be found wrong with a script before it runs, all at once (`crawl check`, and before every run).

mod literal;
mod mend;
mod module;
mod walk;

use std::collections::HashSet;
use std::sync::Arc;

use rhai::{AST, ASTNode, Engine, Expr, Stmt};

use super::run::{Run, lock};
use super::sources::Script;
use crate::diag::Diagnostic;
use module::Imports;
use walk::Walker;

/// Checks a compiled script; reports are in the order of the text.
#[must_use]
pub fn check(engine: &Engine, run: &Arc<Run>, script: &Arc<Script>, ast: &AST, known: &[String]) -> Vec<Diagnostic> {
    let mut walker = Walker::new(script, functions(engine), globals(run, script, known), Imports::load(run, script));
    walker.reports.extend(walker.imports.take_reports());
    walker.note_functions(ast);
    for statement in ast.statements() {
        walk_statement(statement, &mut walker, true);
    }
    ast.clone_functions_only().walk(&mut |path: &[ASTNode<'_>]| {
        walk_node(path, &mut walker, false);
        true
    });
    let mut reports = walker.reports;
    reports.sort_by_key(|report| report.primary.as_ref().map_or(0, |label| label.span.start));
    reports.dedup();
    reports
}

fn walk_statement(statement: &Stmt, walker: &mut Walker<'_>, top: bool) {
    statement.walk(&mut Vec::new(), &mut |path: &[ASTNode<'_>]| {
        walk_node(path, walker, top);
        true
    });
}

fn walk_node(path: &[ASTNode<'_>], walker: &mut Walker<'_>, top: bool) {
    match path.last() {
        Some(ASTNode::Stmt(Stmt::FnCall(call, position))) => walker.call(call, *position, false),
        Some(ASTNode::Expr(expression)) => walk_expression(expression, walker, top),
        _ => {}
    }
}

fn walk_expression(expression: &Expr, walker: &mut Walker<'_>, top: bool) {
    match expression {
        Expr::Custom(form, position) if form.tokens.first().is_some_and(|word| word == "session_block") => {
            walker.session_block(&form.inputs, *position);
        }
        Expr::FnCall(call, position) => walker.call(call, *position, false),
        Expr::MethodCall(call, position) => walker.call(call, *position, true),
        Expr::Variable(variable, index, position) => {
            let local = variable.0.is_some() || index.is_some();
            if !local && variable.2.is_empty() {
                walker.variable(&variable.1, *position, top);
            }
        }
        _ => {}
    }
}

/// Every function name that the engine knows, packages included.
fn functions(engine: &Engine) -> HashSet<String> {
    let mut names: HashSet<String> =
        engine.collect_fn_metadata(None, |info| Some(info.metadata.name.to_string()), true).into_iter().collect();
    let keywords = ["Fn", "call", "curry", "debug", "exit", "is_def_fn", "is_def_var", "is_shared", "print", "type_of"];
    names.extend(keywords.map(str::to_owned));
    names
}

fn globals(run: &Run, script: &Script, known: &[String]) -> HashSet<String> {
    let facts = script.facts();
    let consts = facts.consts.iter().map(|(name, _)| name.clone());
    let schemas = facts.schemas.iter().map(|schema| schema.name.clone());
    let set = run.settings.params.keys().cloned();
    let live: Vec<String> = lock(&run.globals).keys().cloned().collect();
    consts.chain(schemas).chain(set).chain(live).chain(known.iter().cloned()).collect()
}
