//! The cache: what is kept is found again, and odd files are refused in words.

use std::fs;

use crawl::store::{Cache, FileKind, StoreError, default_cache_path};
use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("cache_finds_what_an_earlier_process_kept", survives),
        trial("cache_replaces_and_clears", replaces),
        trial("cache_serves_many_handles_at_once", many_handles),
        trial("cache_refuses_a_file_that_is_no_database", no_database),
        trial("cache_refuses_a_database_of_something_else", foreign),
        trial("cache_refuses_a_newer_layout", newer),
        trial("cache_refuses_a_folder_and_an_unusable_place", unusable),
        trial("cache_says_when_an_entry_is_of_another_kind", other_kind),
        trial("cache_has_a_default_place", default_place),
    ]
}

fn survives() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/er/cache.sqlite");
    let page = json!({ "html": "<p>ünïcode \u{0}</p>", "status": 200 });
    Cache::open(&path).unwrap().put("a key", &page).unwrap();
    let cache = Cache::open(&path).unwrap();
    let found = cache.get::<Value>("a key").unwrap().unwrap();
    assert_eq!(found.value, page);
    let age = jiff::Timestamp::now().duration_since(found.stored_at);
    assert!(age.as_secs() >= 0 && age.as_secs() < 3600, "{age:?}");
    assert_eq!(cache.get::<Value>("a Key").unwrap(), None);
}

fn replaces() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(&folder.path().join("cache.sqlite")).unwrap();
    cache.put("k", &1).unwrap();
    cache.put("k", &2).unwrap();
    cache.put("other", &3).unwrap();
    assert_eq!(cache.get::<i32>("k").unwrap().unwrap().value, 2);
    assert_eq!(cache.clear().unwrap(), 2);
    assert_eq!(cache.get::<i32>("k").unwrap(), None);
}

fn many_handles() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cache.sqlite");
    std::thread::scope(|scope| {
        for worker in 0..8 {
            let path = &path;
            scope.spawn(move || {
                let cache = Cache::open(path).unwrap();
                for number in 0..20 {
                    cache.put(&format!("{worker}/{number}"), &number).unwrap();
                }
            });
        }
    });
    assert_eq!(Cache::open(&path).unwrap().clear().unwrap(), 160);
}

fn no_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cache.sqlite");
    fs::write(&path, "this is no database, but long enough to be taken for one".repeat(50)).unwrap();
    let error = Cache::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
    assert!(error.to_string().contains("cache.sqlite"), "{error}");
    assert!(error.help().unwrap().contains("delete"), "{:?}", error.help());
    assert!(fs::read_to_string(&path).unwrap().starts_with("this is no database"), "the file was touched");
}

fn foreign() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.sqlite");
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE notes (text TEXT)").unwrap();
    let error = Cache::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
    assert!(error.to_string().contains("something else"), "{error}");
}

fn newer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cache.sqlite");
    drop(Cache::open(&path).unwrap());
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let error = Cache::open(&path).unwrap_err();
    assert_eq!(error, StoreError::Newer { kind: FileKind::Cache, path, found: 99, known: 1 });
}

fn unusable() {
    let folder = tempfile::tempdir().unwrap();
    let error = Cache::open(folder.path()).unwrap_err();
    assert!(matches!(error, StoreError::Database { .. }), "{error:?}");
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = Cache::open(&file.join("cache.sqlite")).unwrap_err();
    assert!(matches!(error, StoreError::Io { action: "create", .. }), "{error:?}");
}

fn other_kind() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(&folder.path().join("cache.sqlite")).unwrap();
    cache.put("k", &"text").unwrap();
    assert!(matches!(cache.get::<i32>("k").unwrap_err(), StoreError::Damaged { .. }));
}

fn default_place() {
    let path = default_cache_path().expect("a home folder");
    assert!(path.ends_with("crawl/cache.sqlite"), "{path:?}");
}
