//! A cassette on a disk that does not keep up: who gives waits, and nothing is lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use crawl::store::{Cassette, CassetteWriter, StepRow};
use libtest_mimic::Trial;
use rusqlite::Connection;
use serde_json::json;

use super::trial;

/// Four times what may wait.
const ROWS: u64 = 64;
const SIZE: usize = 4 * 1024 * 1024;

pub fn trials() -> Vec<Trial> {
    vec![trial("backlog::who_gives_more_than_the_disk_takes_waits_for_it", waits)]
}

fn row(seq: u64) -> StepRow {
    let blob = vec![u8::try_from(seq).unwrap(); SIZE];
    StepRow { seq, title: format!("step {seq}"), head: json!({}), blobs: vec![blob] }
}

fn waits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.cassette");
    let writer = CassetteWriter::append(&path).unwrap();
    writer.step(StepRow { seq: 0, title: "first".to_owned(), head: json!({}), blobs: Vec::new() });
    writer.flush().unwrap();
    // Another program holds the file.
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let given = Arc::new(AtomicU64::new(0));
    let (count, giving) = (Arc::clone(&given), writer);
    let giver = thread::spawn(move || {
        for seq in 1..=ROWS {
            giving.step(row(seq));
            count.store(seq, Ordering::SeqCst);
        }
        giving
    });
    // Until it gives no more.
    let mut seen = 0;
    loop {
        thread::sleep(Duration::from_millis(300));
        let now = given.load(Ordering::SeqCst);
        if now == seen && now > 0 {
            break;
        }
        seen = now;
    }
    assert!(seen * (SIZE as u64) <= 80 << 20, "{seen} rows wait");
    other.execute_batch("COMMIT").unwrap();
    drop(other);
    giver.join().unwrap().finish(None).unwrap();
    let steps = Cassette::open(&path).unwrap().steps().unwrap();
    assert_eq!(steps.len() as u64, ROWS + 1);
    assert!(steps.iter().skip(1).all(|step| step.blobs[0].len() == SIZE));
}
