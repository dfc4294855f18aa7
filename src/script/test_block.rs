//! The `test` blocks of a script: kept while it runs, run one by one afterwards, each in a session space of its own.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;

use super::closure::Closure;
use super::run::lock;
use crate::diag::Diagnostic;
use crate::text::{FieldChange, LineColumn};

/// Whoever runs tests: `crawl test`. Without one, `test` blocks do not run.
pub trait Tester: Send + Sync {
    /// Whether the test of that name is to run.
    fn wants(&self, name: &str) -> bool;

    /// A test begins: what the script prints and emits from now on is the test's own.
    fn begins(&self, name: &str, place: LineColumn);

    /// A test has ended. `false`: no further one is to run.
    fn ended(&self, test: TestEnd) -> bool;

    /// Holds a value against the snapshot of that name.
    fn snapshot(&self, name: &str, value: &Value) -> Comparison;
}

/// How a test went.
#[derive(Debug)]
pub struct TestEnd {
    /// Its name.
    pub name: String,
    /// Where its `test(…)` stands in the script.
    pub place: LineColumn,
    /// How long it took.
    pub elapsed: Duration,
    /// Why it failed.
    pub failure: Option<Diagnostic>,
}

/// What a snapshot says of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison {
    /// It is as in the snapshot, or the snapshot was made so.
    Same,
    /// There is no such snapshot.
    Missing,
    /// It differs in these fields.
    Differs(Vec<FieldChange>),
}

/// A `test` block that waits for its turn.
pub struct TestBlock {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub place: LineColumn,
    /// What it does.
    pub body: Closure,
}

/// The test blocks of a run.
#[derive(Default)]
pub struct TestTable {
    blocks: Mutex<Vec<TestBlock>>,
    running: AtomicBool,
}

impl TestTable {
    /// Adds a block.
    pub fn add(&self, block: TestBlock) {
        lock(&self.blocks).push(block);
    }

    /// Where the block of that name stands.
    #[must_use]
    pub fn place(&self, name: &str) -> Option<LineColumn> {
        lock(&self.blocks).iter().find(|block| block.name == name).map(|block| block.place)
    }

    /// Whether one of them is running.
    #[must_use]
    pub fn running(&self) -> bool {
        self.running.load(Ordering::SeqCst)
    }

    /// Takes out all blocks: they are about to run.
    pub(super) fn begin(&self) -> Vec<TestBlock> {
        self.running.store(true, Ordering::SeqCst);
        std::mem::take(&mut *lock(&self.blocks))
    }
}
