//! Files replaced whole, and the last page of a failed run.

use std::fs;
use std::path::Path;

use crawl::store::{Replacement, StoreError, keep_last, write_atomic};
use libtest_mimic::Trial;

use super::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("write_atomic_replaces_the_whole_content", replaces),
        trial("write_atomic_refuses_folders_and_missing_folders", refuses),
        trial("a_replacement_that_is_dropped_leaves_no_trace", dropped),
        #[cfg(unix)]
        trial("write_atomic_keeps_permissions_and_follows_links", unix_details),
        #[cfg(unix)]
        trial("a_pipe_gets_the_content_and_stays_a_pipe", pipe),
        trial("keep_last_writes_page_screenshot_and_error", keeps),
        trial("keep_last_removes_what_another_run_left", removes),
    ]
}

/// The names in a folder, sorted.
pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn replaces() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    write_atomic(&path, b"a long first content").unwrap();
    write_atomic(&path, b"short").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"short");
    assert_eq!(names(folder.path()), ["a.txt"]);
}

fn refuses() {
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path().to_owned(), folder.path().join("no/such/folder.txt")] {
        let error = write_atomic(&path, b"x").unwrap_err();
        assert!(matches!(&error, StoreError::Io { action: "write", path: named, .. } if *named == path), "{error:?}");
    }
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

fn dropped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    write_atomic(&path, b"old").unwrap();
    drop(Replacement::create(&path).unwrap());
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(names(folder.path()), ["a.txt"]);
}

#[cfg(unix)]
fn pipe() {
    use std::os::unix::fs::FileTypeExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.jsonl");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    let reader = std::thread::spawn({
        let path = path.clone();
        move || fs::read_to_string(path).unwrap()
    });
    write_atomic(&path, b"one\ntwo\n").unwrap();
    assert_eq!(reader.join().unwrap(), "one\ntwo\n");
    assert!(fs::metadata(&path).unwrap().file_type().is_fifo());
    assert_eq!(names(folder.path()), ["records.jsonl"]);
}

#[cfg(unix)]
fn unix_details() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let (target, link) = (folder.path().join("target"), folder.path().join("link"));
    fs::write(&target, "old").unwrap();
    fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&target, &link).unwrap();
    write_atomic(&link, b"new").unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read(&target).unwrap(), b"new");
    assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o640);
    let ordinary = folder.path().join("ordinary");
    fs::write(&ordinary, "").unwrap();
    let fresh = folder.path().join("fresh");
    write_atomic(&fresh, b"").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&fresh), mode(&ordinary), "a new file is like any other");
}

fn keeps() {
    let folder = tempfile::tempdir().unwrap();
    let crawl = folder.path().join(".crawl");
    let kept = keep_last(&crawl, Some("<p>last</p>"), Some(b"\x89PNG"), Some("it failed")).unwrap();
    assert_eq!(fs::read_to_string(kept.page.unwrap()).unwrap(), "<p>last</p>");
    assert_eq!(fs::read(kept.screenshot.unwrap()).unwrap(), b"\x89PNG");
    assert_eq!(fs::read_to_string(kept.error.unwrap()).unwrap(), "it failed");
    assert_eq!(fs::read_to_string(crawl.join(".gitignore")).unwrap(), "*\n");
    assert_eq!(names(&crawl.join("last")), ["error.txt", "page.html", "page.png"]);
}

fn removes() {
    let folder = tempfile::tempdir().unwrap();
    keep_last(folder.path(), Some("one"), Some(b"png"), Some("error")).unwrap();
    fs::write(folder.path().join(".gitignore"), "mine\n").unwrap();
    let kept = keep_last(folder.path(), Some("two"), None, Some("error")).unwrap();
    assert_eq!(kept.screenshot, None);
    assert_eq!(names(&folder.path().join("last")), ["error.txt", "page.html"]);
    assert_eq!(fs::read_to_string(folder.path().join(".gitignore")).unwrap(), "mine\n", "the user's own stays");
}
