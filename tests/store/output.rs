//! Records to every format: complete, in place at the end, kept when a run fails.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use crawl::store::{Output, StoreError};
use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::files::names;
use super::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("output_stream_takes_a_line_a_record", stream),
        trial("output_stream_tells_a_broken_pipe", broken_pipe),
        trial("output_jsonl_and_json_hold_the_records", json_files),
        trial("output_csv_has_the_union_of_the_columns", csv_union),
        trial("output_csv_quotes_and_nests", csv_quotes),
        trial("output_sqlite_types_its_columns", sqlite_types),
        trial("output_sqlite_has_a_table_for_each_data_set", sqlite_tables),
        trial("output_sqlite_keeps_apart_what_differs_in_case", sqlite_case),
        trial("output_names_a_file_for_each_data_set", data_sets),
        trial("output_refuses_names_that_lead_elsewhere", bad_names),
        trial("output_refuses_unknown_endings", endings),
        trial("output_finds_an_unwritable_place_before_the_run", unwritable),
        trial("output_appears_only_at_the_end", at_the_end),
        trial("output_of_a_failed_run_is_whole", partial),
        trial("output_of_a_failed_run_without_records_spares_the_old_file", partial_empty),
        trial("output_survives_a_panic", dropped),
        trial("output_without_records_is_an_empty_file", empty),
        trial("output_of_many_records_is_complete", many),
    ]
}

fn write_all(path: &Path, records: &[Value]) {
    let mut output = Output::file(path).unwrap();
    records.iter().for_each(|record| output.write(None, record).unwrap());
    assert_eq!(output.finish().unwrap().records, records.len() as u64);
}

fn rows(path: &Path, sql: &str) -> Vec<Vec<String>> {
    let connection = rusqlite::Connection::open(path).unwrap();
    let mut statement = connection.prepare(sql).unwrap();
    let width = statement.column_count();
    let rows =
        statement.query_map([], |row| (0..width).map(|at| Ok(format!("{:?}", row.get_ref(at)?))).collect()).unwrap();
    rows.map(Result::unwrap).collect()
}

/// A stream whose content can be looked at.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn stream() {
    let shared = Shared::default();
    let mut output = Output::stream(Box::new(shared.clone()));
    output.write(None, &json!({ "b": 1, "a": "ü" })).unwrap();
    let so_far = shared.0.lock().unwrap().clone();
    assert_eq!(so_far, "{\"b\":1,\"a\":\"ü\"}\n".as_bytes(), "a record is there at once, its fields in order");
    output.write(Some("named"), &json!([1])).unwrap();
    let written = output.finish().unwrap();
    assert_eq!((written.records, written.files.len()), (2, 0));
    assert_eq!(*shared.0.lock().unwrap(), "{\"b\":1,\"a\":\"ü\"}\n[1]\n".as_bytes());
}

fn broken_pipe() {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let mut output = Output::stream(Box::new(writer));
    assert_eq!(output.write(None, &json!(1)).unwrap_err(), StoreError::BrokenPipe);
}

fn json_files() {
    let folder = tempfile::tempdir().unwrap();
    let records = [json!({ "n": 1 }), json!("two\n"), json!([3, null])];
    for ending in ["jsonl", "ndjson", "JSONL"] {
        let path = folder.path().join(format!("out.{ending}"));
        write_all(&path, &records);
        assert_eq!(fs::read_to_string(&path).unwrap(), "{\"n\":1}\n\"two\\n\"\n[3,null]\n");
    }
    let path = folder.path().join("out.json");
    write_all(&path, &records);
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text, "[\n{\"n\":1},\n\"two\\n\",\n[3,null]\n]\n");
    assert_eq!(serde_json::from_str::<Vec<Value>>(&text).unwrap(), records);
}

fn csv_union() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.csv");
    write_all(&path, &[json!({ "b": 1, "a": 2 }), json!({ "a": 3, "c": true }), json!(7)]);
    assert_eq!(fs::read_to_string(&path).unwrap(), "b,a,c,value\n1,2,,\n,3,true,\n,,,7\n");
}

fn csv_quotes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.csv");
    write_all(&path, &[json!({ "a,b": "x \"y\"\nz", "n": null, "list": [1, "q"], "f": 0.5 })]);
    let mut reader = csv::Reader::from_path(&path).unwrap();
    assert_eq!(reader.headers().unwrap(), &csv::StringRecord::from(vec!["a,b", "n", "list", "f"]));
    let row = reader.records().next().unwrap().unwrap();
    assert_eq!(row, csv::StringRecord::from(vec!["x \"y\"\nz", "", "[1,\"q\"]", "0.5"]));
}

fn sqlite_types() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.sqlite");
    write_all(
        &path,
        &[
            json!({ "n": 1, "x": 1, "t": 5, "b": true, "nil": null, "zip": 7, "big": u64::MAX }),
            json!({ "n": null, "x": 1.5, "t": "a", "late": [1], "zip": "007" }),
        ],
    );
    let columns = rows(&path, "SELECT name, type FROM pragma_table_info('records')");
    let types: Vec<String> = columns.iter().map(|row| row.join(" ")).collect();
    let text = |kind: &str| format!("Text({:?})", kind.as_bytes());
    let wanted: Vec<String> =
        ["n INTEGER", "x REAL", "t TEXT", "b INTEGER", "nil TEXT", "zip TEXT", "big TEXT", "late TEXT"]
            .iter()
            .map(|pair| pair.split(' ').map(text).collect::<Vec<_>>().join(" "))
            .collect();
    assert_eq!(types, wanted);
    let values = rows(&path, "SELECT n, x, t, b, zip, big, late FROM records ORDER BY rowid");
    let big = text("18446744073709551615");
    assert_eq!(values[0], ["Integer(1)", "Real(1.0)", &text("5"), "Integer(1)", &text("7"), &big, "Null"]);
    assert_eq!(values[1], ["Null", "Real(1.5)", &text("a"), "Null", &text("007"), "Null", &text("[1]")]);
}

fn sqlite_tables() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.sqlite");
    let mut output = Output::file(&path).unwrap();
    output.write(Some("orders"), &json!({ "id": 1 })).unwrap();
    output.write(None, &json!({ "say \"hi\"": 2 })).unwrap();
    output.write(Some("orders"), &json!({ "id": 2 })).unwrap();
    assert_eq!(output.finish().unwrap().files, [path.canonicalize().unwrap()]);
    assert_eq!(rows(&path, "SELECT count(*), max(id) FROM orders"), [["Integer(2)", "Integer(2)"]]);
    assert_eq!(rows(&path, "SELECT \"say \"\"hi\"\"\" FROM records"), [["Integer(2)"]]);
    assert_eq!(names(folder.path()), ["out.sqlite"]);
}

fn sqlite_case() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.sqlite");
    let mut output = Output::file(&path).unwrap();
    output.write(None, &json!({ "Title": 1, "title": 2, "title_2": 3, "title\0": 4 })).unwrap();
    output.write(Some("orders"), &json!(1)).unwrap();
    assert!(matches!(output.write(Some("Orders"), &json!(1)), Err(StoreError::DataSetName { .. })));
    output.finish().unwrap();
    assert_eq!(rows(&path, "SELECT * FROM records"), [["Integer(1)", "Integer(2)", "Integer(3)", "Integer(4)"]]);
}

fn data_sets() {
    let folder = tempfile::tempdir().unwrap();
    for ending in ["jsonl", "json", "csv"] {
        let mut output = Output::file(&folder.path().join(format!("out.{ending}"))).unwrap();
        output.write(Some("orders"), &json!({ "id": 1 })).unwrap();
        output.write(Some("buyers"), &json!({ "id": 2 })).unwrap();
        let files = output.finish().unwrap().files;
        let files: Vec<_> = files.iter().map(|file| file.file_name().unwrap().to_str().unwrap().to_owned()).collect();
        assert_eq!(files, [format!("out.buyers.{ending}"), format!("out.orders.{ending}")]);
    }
    assert_eq!(names(folder.path()).len(), 6, "no file for the unnamed data set, which had no record");
    assert_eq!(fs::read_to_string(folder.path().join("out.orders.csv")).unwrap(), "id\n1\n");
}

fn bad_names() {
    let folder = tempfile::tempdir().unwrap();
    let mut output = Output::file(&folder.path().join("out.jsonl")).unwrap();
    output.write(Some("orders"), &json!(1)).unwrap();
    for name in ["", "../up", "a/b", "a b", "a\0b", "sqlite_x", "ORDERS", &"x".repeat(101)] {
        let error = output.write(Some(name), &json!(1)).unwrap_err();
        assert!(matches!(error, StoreError::DataSetName { .. }), "{name:?}: {error:?}");
    }
    output.write(Some("bestellungen-ä_2"), &json!(1)).unwrap();
    assert_eq!(output.finish().unwrap().records, 2);
}

fn endings() {
    let folder = tempfile::tempdir().unwrap();
    let error = Output::file(&folder.path().join("out.jsnl")).unwrap_err();
    assert!(error.help().unwrap().contains("out.jsonl"), "{:?}", error.help());
    let error = Output::file(&folder.path().join("out.parquet")).unwrap_err();
    for known in ["jsonl", "json", "csv", "sqlite"] {
        assert!(error.help().unwrap().contains(&format!("`.{known}`")), "{:?}", error.help());
    }
    assert!(matches!(Output::file(Path::new("out")), Err(StoreError::UnknownFormat { .. })));
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

fn unwritable() {
    let folder = tempfile::tempdir().unwrap();
    for ending in ["jsonl", "json", "csv", "sqlite"] {
        let path = folder.path().join(format!("missing/out.{ending}"));
        assert!(matches!(Output::file(&path), Err(StoreError::Io { .. })), "{path:?}");
        let taken = folder.path().join(format!("folder.{ending}"));
        fs::create_dir(&taken).unwrap();
        assert!(matches!(Output::file(&taken), Err(StoreError::Io { .. })), "{taken:?}");
    }
}

fn at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    for ending in ["jsonl", "json", "csv", "sqlite"] {
        let path = folder.path().join(format!("out.{ending}"));
        fs::write(&path, "old").unwrap();
        let mut output = Output::file(&path).unwrap();
        output.write(None, &json!({ "n": 1 })).unwrap();
        output.flush().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        output.finish().unwrap();
        assert_ne!(fs::read(&path).unwrap(), b"old");
    }
    assert_eq!(names(folder.path()), ["out.csv", "out.json", "out.jsonl", "out.sqlite"]);
}

fn partial() {
    let folder = tempfile::tempdir().unwrap();
    for (ending, wanted) in
        [("jsonl", "{\"n\":1}\n{\"n\":2}\n"), ("json", "[\n{\"n\":1},\n{\"n\":2}\n]\n"), ("csv", "n\n1\n2\n")]
    {
        let path = folder.path().join(format!("out.{ending}"));
        let mut output = Output::file(&path).unwrap();
        output.write(None, &json!({ "n": 1 })).unwrap();
        output.write(None, &json!({ "n": 2 })).unwrap();
        assert_eq!(output.finish_partial().unwrap().files.len(), 1);
        assert_eq!(fs::read_to_string(&path).unwrap(), wanted);
    }
}

fn partial_empty() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.jsonl");
    fs::write(&path, "yesterday\n").unwrap();
    assert_eq!(Output::file(&path).unwrap().finish_partial().unwrap().files.len(), 0);
    assert_eq!(fs::read_to_string(&path).unwrap(), "yesterday\n");
    assert_eq!(names(folder.path()), ["out.jsonl"]);
}

fn dropped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.json");
    let mut output = Output::file(&path).unwrap();
    output.write(None, &json!(1)).unwrap();
    drop(output);
    assert_eq!(fs::read_to_string(&path).unwrap(), "[\n1\n]\n");
}

fn empty() {
    let folder = tempfile::tempdir().unwrap();
    for (ending, wanted) in [("jsonl", ""), ("json", "[]\n"), ("csv", "")] {
        let path = folder.path().join(format!("out.{ending}"));
        write_all(&path, &[]);
        assert_eq!(fs::read_to_string(&path).unwrap(), wanted);
    }
    let path = folder.path().join("out.sqlite");
    write_all(&path, &[]);
    assert_eq!(rows(&path, "SELECT count(*) FROM sqlite_master"), [["Integer(0)"]]);
}

fn many() {
    let folder = tempfile::tempdir().unwrap();
    let records: Vec<Value> = (0..3000).map(|n| json!({ "n": n, "text": "x".repeat(n % 300) })).collect();
    for ending in ["jsonl", "json", "csv", "sqlite"] {
        write_all(&folder.path().join(format!("out.{ending}")), &records);
    }
    let read = |ending: &str| fs::read_to_string(folder.path().join(format!("out.{ending}"))).unwrap();
    let lines: Vec<Value> = read("jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines, records);
    assert_eq!(serde_json::from_str::<Vec<Value>>(&read("json")).unwrap(), records);
    assert_eq!(read("csv").lines().count(), 3001);
    let sums = rows(&folder.path().join("out.sqlite"), "SELECT count(*), sum(n), sum(length(text)) FROM records");
    assert_eq!(sums, [["Integer(3000)", "Integer(4498500)", "Integer(448500)"]]);
}
