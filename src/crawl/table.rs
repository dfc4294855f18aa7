//! The session table: ids to sessions, options fixed at first use.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::session::Session;
use super::{Branch, BranchPath, CrawlError, SessionInfo, SessionOptions};
use crate::browser::{Launch, Tab};
use crate::text::nearest;

/// All sessions of a program.
pub(super) struct SessionTable {
    launch: Launch,
    rows: Mutex<Vec<Arc<Session>>>,
    retired: Mutex<Vec<Arc<dyn Tab>>>,
    /// Sessions whose hooks take leave of them.
    parting: Mutex<Vec<Arc<Session>>>,
    run: AtomicU64,
    /// How many there were without a name, by branch.
    fresh: Mutex<HashMap<BranchPath, u64>>,
}

/// A session that hooks take leave of.
pub(super) struct Parting<'t> {
    table: &'t SessionTable,
    row: &'t Arc<Session>,
}

impl Drop for Parting<'_> {
    fn drop(&mut self) {
        self.row.set_parting(false);
        let mut parting = self.table.parting.lock().unwrap_or_else(PoisonError::into_inner);
        parting.retain(|row| !Arc::ptr_eq(row, self.row));
    }
}

impl SessionTable {
    /// An empty table; `launch` is the browser of sessions that name none.
    pub fn new(launch: Launch) -> Self {
        Self {
            launch,
            rows: Mutex::default(),
            retired: Mutex::default(),
            parting: Mutex::default(),
            run: AtomicU64::new(1),
            fresh: Mutex::default(),
        }
    }

    /// The options of a session that was given none.
    pub fn default_options(&self) -> SessionOptions {
        SessionOptions { launch: self.launch.clone(), ..SessionOptions::default() }
    }

    /// Begins another run: sessions stay, but have to be mentioned again, perhaps with other options.
    pub fn begin_run(&self) {
        self.run.fetch_add(1, Ordering::SeqCst);
        self.fresh.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Mentions a session: makes it, or checks that the options agree with those it has.
    pub fn declare(&self, id: &str, options: SessionOptions) -> Result<Arc<Session>, CrawlError> {
        let run = self.run.load(Ordering::SeqCst);
        let mut rows = self.rows();
        let Some(place) = rows.iter().position(|row| row.id == id) else {
            let row = Arc::new(Session::new(id, false, options, run));
            rows.push(Arc::clone(&row));
            return Ok(row);
        };
        let row = Arc::clone(&rows[place]);
        if row.state().run == run {
            agree(&row, &options)?;
            return Ok(row);
        }
        let row = if row.options == options { row } else { self.replace(&mut rows, place, options) };
        let mut state = row.state();
        state.run = run;
        state.steps = 0;
        state.ensured.clear();
        drop(state);
        // The listing follows the order of first mention in this run.
        rows.remove(place);
        rows.push(Arc::clone(&row));
        Ok(row)
    }

    fn replace(&self, rows: &mut [Arc<Session>], place: usize, options: SessionOptions) -> Arc<Session> {
        let old = &rows[place];
        if let Some(tab) = old.state().tab.take() {
            self.retired.lock().unwrap_or_else(PoisonError::into_inner).push(tab);
        }
        let row = Arc::new(Session::new(&old.id, false, options, self.run.load(Ordering::SeqCst)));
        rows[place] = Arc::clone(&row);
        row
    }

    /// Keeps a session that is closed at hand for the hooks of its close, until the value is dropped.
    pub fn part<'t>(&'t self, row: &'t Arc<Session>) -> Parting<'t> {
        row.set_parting(true);
        self.parting.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(row));
        Parting { table: self, row }
    }

    /// The session of that id, mentioned with default options if it is new; for a hook of its close the one that goes.
    pub fn use_session(&self, branch: &Branch, id: &str) -> Result<Arc<Session>, CrawlError> {
        if branch.holds(id)
            && let Some(row) =
                self.parting.lock().unwrap_or_else(PoisonError::into_inner).iter().find(|row| row.id == id)
        {
            return Ok(Arc::clone(row));
        }
        match self.find(id) {
            Some(row) => Ok(row),
            None => self.declare(id, self.default_options()),
        }
    }

    /// The session of that id in this run.
    pub fn find(&self, id: &str) -> Option<Arc<Session>> {
        let run = self.run.load(Ordering::SeqCst);
        self.rows().iter().find(|row| row.id == id && row.state().run == run).cloned()
    }

    /// A session without a name, for one step of a branch. Its id is the same in every run of the script, in whatever order
    /// branches come to their steps: a recording answers by it.
    pub fn fresh(&self, branch: &BranchPath) -> Arc<Session> {
        let number = {
            let mut all = self.fresh.lock().unwrap_or_else(PoisonError::into_inner);
            let number = all.entry(branch.clone()).or_default();
            *number += 1;
            *number
        };
        let id = if branch.0.is_empty() { format!("~{number}") } else { format!("~{branch}/{number}") };
        let run = self.run.load(Ordering::SeqCst);
        let row = Arc::new(Session::new(&id, true, self.default_options(), run));
        self.rows().push(Arc::clone(&row));
        row
    }

    /// Takes a session out of the table; unknown ids are an error that lists the open ones.
    pub fn remove(&self, id: &str) -> Result<Arc<Session>, CrawlError> {
        let found = self.find(id);
        let Some(row) = found else { return Err(self.unknown(id)) };
        self.forget(&row);
        Ok(row)
    }

    /// Takes this very row out of the table.
    pub fn forget(&self, row: &Arc<Session>) {
        self.rows().retain(|other| !Arc::ptr_eq(other, row));
    }

    /// Takes every session out of the table, those of earlier runs included.
    pub fn remove_all(&self) -> Vec<Arc<Session>> {
        std::mem::take(&mut *self.rows())
    }

    /// Takes sessions that this run did not mention out of the table; their tabs are to be closed.
    pub fn retire_unmentioned(&self) {
        let run = self.run.load(Ordering::SeqCst);
        let mut retired = self.retired.lock().unwrap_or_else(PoisonError::into_inner);
        self.rows().retain(|row| {
            let mut state = row.state();
            let stays = row.fresh || state.run == run;
            if !stays {
                retired.extend(state.tab.take());
            }
            stays
        });
    }

    /// Tabs of sessions whose options changed between runs: theirs to close.
    pub fn take_retired(&self) -> Vec<Arc<dyn Tab>> {
        std::mem::take(&mut *self.retired.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The named sessions of this run.
    pub fn list(&self) -> Vec<SessionInfo> {
        let run = self.run.load(Ordering::SeqCst);
        let rows = self.rows();
        let named = rows.iter().filter(|row| !row.fresh);
        named
            .filter_map(|row| {
                let state = row.state();
                (state.run == run).then(|| SessionInfo {
                    id: row.id.clone(),
                    url: state.url.clone(),
                    title: state.title.clone(),
                    steps: state.steps,
                    age: state.opened.elapsed(),
                })
            })
            .collect()
    }

    /// The error of an id that is not open.
    pub fn unknown(&self, id: &str) -> CrawlError {
        let open = self.list();
        let error = CrawlError::new("crawl::session::unknown", format!("there is no session `{id}`"));
        let names: Vec<String> = open.iter().map(|session| format!("`{}`", session.id)).collect();
        let error = match names.is_empty() {
            true => error.note("no session is open"),
            false => error.note(format!("open sessions: {}", names.join(", "))),
        };
        match nearest(id, open.iter().map(|session| session.id.as_str())) {
            Some(name) => error.help(format!("did you mean `{name}`?")),
            None => error
                .help("`sessions()` lists the open ones; a session is open from its first mention until it is closed"),
        }
    }

    fn rows(&self) -> MutexGuard<'_, Vec<Arc<Session>>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the options that are given now are those of the first use; options not given are no question.
fn agree(row: &Session, now: &SessionOptions) -> Result<(), CrawlError> {
    for name in &now.given {
        let (was, is) = (row.options.value(name), now.value(name));
        if was != is {
            let shown = |value: &serde_json::Value| match value {
                serde_json::Value::Null => "not given".to_owned(),
                value => format!("`{value}`"),
            };
            let message =
                format!("`{name}` of session `{}` is {} and cannot become {}", row.id, shown(&was), shown(&is));
            return Err(CrawlError::new("crawl::session::options_changed", message).help(
                "a session's options are fixed at its first use: give them there, close it first, or use another id",
            ));
        }
    }
    Ok(())
}
