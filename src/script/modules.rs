//! `import`: beside the script, then in `CRAWL_PATH`, then in the embedded `stdlib/` (LANGUAGE section 12).

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rhai::{Engine, EvalAltResult, Module, ModuleResolver, Position, Scope, Shared};

type SharedModule = Shared<Module>;

use super::compile::compile;
use super::failure::raise_at;
use super::run::{Run, lock};
use super::sources::Script;
use crate::crawl::CrawlError;
use crate::text::Source;

/// The standard library, embedded: names as imported, and texts.
pub const STDLIB: &[(&str, &str)] = &[
    ("std/paginate", include_str!("../../stdlib/paginate.crawl")),
    ("std/login", include_str!("../../stdlib/login.crawl")),
    ("std/tables", include_str!("../../stdlib/tables.crawl")),
    ("std/consent", include_str!("../../stdlib/consent.crawl")),
    ("std/overlays", include_str!("../../stdlib/overlays.crawl")),
    ("std/lazy", include_str!("../../stdlib/lazy.crawl")),
    ("std/retry", include_str!("../../stdlib/retry.crawl")),
];

/// Whether a source's name is that of an embedded module.
#[must_use]
pub fn is_embedded(name: &str) -> bool {
    name.strip_suffix(".crawl").is_some_and(|name| STDLIB.iter().any(|(module, _)| *module == name))
}

/// Finds, rewrites, compiles and keeps modules.
pub struct Modules {
    run: Arc<Run>,
    loaded: Mutex<HashMap<String, SharedModule>>,
    loading: Mutex<Vec<String>>,
}

/// A module's text and where it is.
pub struct Found {
    /// The text under the name that reports show.
    pub source: Source,
    /// Its file; `None` for embedded ones.
    pub path: Option<PathBuf>,
}

impl Modules {
    /// A resolver for a run's imports.
    #[must_use]
    pub fn new(run: Arc<Run>) -> Self {
        Self { run, loaded: Mutex::default(), loading: Mutex::default() }
    }

    fn load(&self, engine: &Engine, found: Found, position: Position) -> Result<SharedModule, Box<EvalAltResult>> {
        let name = found.source.name().to_owned();
        if let Some(module) = lock(&self.loaded).get(&name) {
            return Ok(Arc::clone(module));
        }
        if lock(&self.loading).contains(&name) {
            let error = CrawlError::new(
                "crawl::module::cycle",
                format!("`{name}` imports itself, directly or by way of others"),
            )
            .help("move what both need into a third module");
            return Err(raise_at(error, None, position));
        }
        lock(&self.loading).push(name.clone());
        let module = self.evaluate(engine, found.source, position);
        lock(&self.loading).retain(|loading| loading != &name);
        let module: SharedModule = module?.into();
        lock(&self.loaded).insert(name, Arc::clone(&module));
        Ok(module)
    }

    fn evaluate(&self, engine: &Engine, source: Source, position: Position) -> Result<Module, Box<EvalAltResult>> {
        let name = source.name().to_owned();
        let broken = |reports: Vec<crate::diag::Diagnostic>| {
            let first = reports.first().map(|report| report.message.clone()).unwrap_or_default();
            let mut error =
                CrawlError::new("crawl::module::broken", format!("module `{name}` does not compile: {first}"));
            error.script = Some(Arc::new(super::report::ModuleReports(reports)));
            raise_at(error, None, position)
        };
        self.run.hide_passwords(source.text());
        let script = Script::new(source.clone())
            .map_err(|errors| broken(errors.iter().map(|e| super::report::syntax(&source, e)).collect()))?;
        let script = Arc::new(script);
        self.run.sources.add(&script);
        let ast = compile(engine, &self.run, &script).map_err(|report| broken(vec![*report]))?;
        Module::eval_ast_as_new(Scope::new(), &ast, engine)
            .map_err(|error| Box::new(EvalAltResult::ErrorInModule(name.clone(), error, position)))
    }
}

impl ModuleResolver for Modules {
    fn resolve(
        &self,
        engine: &Engine,
        source: Option<&str>,
        path: &str,
        position: Position,
    ) -> Result<SharedModule, Box<EvalAltResult>> {
        let script = self.run.sources.find(source);
        let importer = script.as_ref().map_or("", |script| script.source.name());
        note(&self.run, importer, path);
        match find(importer, path) {
            Ok(found) => self.load(engine, found, position),
            Err(error) => Err(raise_at(error, source, position)),
        }
    }
}

/// Looks a module up for the script named `importer`.
pub fn find(importer: &str, path: &str) -> Result<Found, CrawlError> {
    for candidate in candidates(importer, path) {
        match std::fs::read_to_string(&candidate) {
            Ok(text) => {
                let name = candidate.display().to_string();
                return Ok(Found { source: Source::new(name, text), path: Some(candidate) });
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                let message = format!("cannot read `{}`: {error}", candidate.display());
                return Err(CrawlError::new("crawl::module::unreadable", message));
            }
        }
    }
    if let Some((name, text)) = STDLIB.iter().find(|(name, _)| *name == path.trim_end_matches(".crawl")) {
        return Ok(Found { source: Source::new(format!("{name}.crawl"), *text), path: None });
    }
    let names: Vec<&str> = STDLIB.iter().map(|(name, _)| *name).collect();
    let mut error = CrawlError::new("crawl::module::unknown", format!("there is no module `{path}`"));
    let near = crate::text::nearest(path, names.iter().copied()).map(|name| format!("did you mean `{name}`?"));
    let places = "modules are looked up beside the script, in `CRAWL_PATH`, then in the standard library";
    error.help = Some(near.unwrap_or_else(|| places.to_owned()));
    Err(error)
}

/// Notes the files that an import depends on: where it is found, and the places before, where there is none as yet.
pub fn note(run: &Run, importer: &str, path: &str) {
    for candidate in candidates(importer, path) {
        run.note_file(&candidate);
        if candidate.exists() {
            return;
        }
    }
}

fn candidates(importer: &str, path: &str) -> Vec<PathBuf> {
    let file = if path.ends_with(".crawl") { path.to_owned() } else { format!("{path}.crawl") };
    if Path::new(&file).is_absolute() {
        return vec![PathBuf::from(file)];
    }
    let beside = Path::new(importer).parent().map_or_else(|| PathBuf::from(&file), |folder| folder.join(&file));
    let search = std::env::var_os("CRAWL_PATH").unwrap_or_default();
    let others = std::env::split_paths(&search).filter(|folder| !folder.as_os_str().is_empty());
    std::iter::once(beside).chain(others.map(|folder| folder.join(&file))).collect()
}
