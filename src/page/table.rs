//! Tables as data: spans filled in, header rows and header columns told apart, records by column.

use std::collections::{HashMap, HashSet};

use ego_tree::NodeId;
use scraper::ElementRef;
use serde::Serialize;
use serde_json::{Map, Value};

use super::document::{Document, ElementId, Tree};
use super::node::attribute;
use super::reader;

/// A table of a page.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Table {
    /// Its `caption`.
    pub caption: Option<String>,
    /// The names of the columns: header rows over one another joined by " / "; where there is no name, `column 2`.
    /// Where the headers stand in the first column instead, these.
    pub headers: Vec<String>,
    /// The body as one record per row; per column where the headers stand in the first column.
    pub records: Vec<Map<String, Value>>,
    /// The rows of `tfoot`, as records.
    pub footer: Vec<Map<String, Value>>,
    /// The texts of all rows, header and footer included; a cell that spans several places stands in each.
    pub rows: Vec<Vec<String>>,
    /// The number of the table that it lies in.
    pub inside: Option<usize>,
}

/// How much is made of one table, in bytes: a span may claim a text for far more places than there are.
const MOST_BYTES: usize = 64 * 1024 * 1024;
/// What an empty place costs.
const PLACE: usize = size_of::<Cell>();
/// The most columns that one cell may span (HTML, "forming a table").
const MOST_COLUMNS: usize = 1000;

/// What stands in one place of the grid.
#[derive(Debug, Clone, Default)]
struct Cell {
    text: String,
    header: bool,
    /// Whether the author says that it heads a row, not a column.
    heads_row: bool,
}

/// A part of a table whose rows are drawn together: `thead`, `tbody`, `tfoot`.
struct Group<'a> {
    kind: Kind,
    rows: Vec<ElementRef<'a>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Head,
    Body,
    Foot,
}

type Row = Vec<Cell>;

impl Document {
    /// All tables in document order, nested ones after the one that they lie in.
    #[must_use]
    pub fn tables(&self) -> Vec<Table> {
        self.read(|tree| {
            let is_table = |element: &ElementRef<'_>| element.value().name() == "table";
            let all: Vec<_> = tree.html.root_element().descendent_elements().filter(is_table).collect();
            let numbers: HashMap<NodeId, usize> = all.iter().enumerate().map(|(at, table)| (table.id(), at)).collect();
            let outer = |table: &ElementRef<'_>| table.ancestors().find_map(|node| numbers.get(&node.id()).copied());
            all.iter().map(|table| read(tree, *table, outer(table))).collect()
        })
    }

    /// The table that an element is, or the first one in it.
    #[must_use]
    pub fn table(&self, id: ElementId) -> Option<Table> {
        self.read(|tree| {
            let mut elements = tree.element(id)?.descendent_elements();
            elements.find(|element| element.value().name() == "table").map(|table| read(tree, table, None))
        })
    }
}

fn read(tree: &Tree, table: ElementRef<'_>, inside: Option<usize>) -> Table {
    let caption = table.child_elements().find(|child| child.value().name() == "caption");
    let caption = caption.map(|caption| reader::line(tree, caption)).filter(|text| !text.is_empty());
    let mut groups = groups(table);
    groups.sort_by_key(|group| group.kind);
    let mut parts: Vec<(Kind, Row)> = Vec::new();
    let mut room = MOST_BYTES;
    for group in &groups {
        parts.extend(grid(tree, &group.rows, &mut room).into_iter().map(|row| (group.kind, row)));
    }
    let widest = parts.iter().map(|(_, row)| row.len()).max().unwrap_or(0);
    let width = widest.min(MOST_BYTES / PLACE / parts.len().max(1));
    parts.iter_mut().for_each(|(_, row)| row.resize(width, Cell::default()));
    let rows = parts.iter().map(|(_, row)| row.iter().map(|cell| cell.text.clone()).collect()).collect();
    let of = |kind| parts.iter().filter(move |(own, _)| *own == kind).map(|(_, row)| row);
    let mut head: Vec<&Row> = of(Kind::Head).collect();
    let mut body: Vec<&Row> = of(Kind::Body).collect();
    if head.is_empty() {
        let leading = body.iter().take_while(|row| heads_columns(row)).count();
        head = body.drain(..if leading < body.len() { leading } else { 0 }).collect();
    }
    let foot: Vec<&Row> = of(Kind::Foot).collect();
    let heading = if head.is_empty() { leading_headers(&body) } else { 0 };
    let (headers, records) = if heading > 0 { across(&body, heading, width) } else { down(&head, &body, width) };
    let footer = if heading > 0 { Vec::new() } else { foot.iter().map(|row| record(&headers, row)).collect() };
    Table { caption, headers, records, footer, rows, inside }
}

/// The table's own rows by their groups; rows that stand in none make one together.
fn groups(table: ElementRef<'_>) -> Vec<Group<'_>> {
    let shown = |element: &ElementRef<'_>| reader::is_shown(element.value(), element);
    let mut found: Vec<Group<'_>> = Vec::new();
    let mut loose = false;
    for child in table.child_elements().filter(shown) {
        let kind = match child.value().name() {
            "thead" => Kind::Head,
            "tfoot" => Kind::Foot,
            "tbody" => Kind::Body,
            "tr" => {
                match found.last_mut().filter(|_| loose) {
                    Some(group) => group.rows.push(child),
                    None => found.push(Group { kind: Kind::Body, rows: vec![child] }),
                }
                loose = true;
                continue;
            }
            _ => continue,
        };
        loose = false;
        let rows = child.child_elements().filter(shown).filter(|row| row.value().name() == "tr").collect();
        found.push(Group { kind, rows });
    }
    found
}

/// The rows of a group with each cell in all the places that it spans (HTML, "forming a table").
fn grid(tree: &Tree, rows: &[ElementRef<'_>], room: &mut usize) -> Vec<Row> {
    let mut places: Vec<Vec<Option<Cell>>> = vec![Vec::new(); rows.len()];
    for (y, row) in rows.iter().enumerate() {
        let cells = row.child_elements().filter(|cell| matches!(cell.value().name(), "td" | "th"));
        let mut x = 0;
        for cell in cells.filter(|cell| reader::is_shown(cell.value(), cell)) {
            while places[y].get(x).is_some_and(Option::is_some) {
                x += 1;
            }
            let wide = span(cell, "colspan", 1).clamp(1, MOST_COLUMNS);
            let deep = match span(cell, "rowspan", 1) {
                0 => rows.len() - y,
                rows_given => rows_given.min(rows.len() - y),
            };
            let own = read_cell(tree, cell);
            let Some(left) = room.checked_sub(wide * deep * (PLACE + own.text.len())) else {
                return finish(places);
            };
            *room = left;
            for place in places.iter_mut().skip(y).take(deep) {
                if place.len() < x + wide {
                    place.resize(x + wide, None);
                }
                place[x..x + wide].fill(Some(own.clone()));
            }
            x += wide;
        }
    }
    finish(places)
}

fn finish(places: Vec<Vec<Option<Cell>>>) -> Vec<Row> {
    places.into_iter().map(|row| row.into_iter().map(Option::unwrap_or_default).collect()).collect()
}

fn span(cell: ElementRef<'_>, name: &str, otherwise: usize) -> usize {
    attribute(cell.value(), name).and_then(|value| value.trim().parse().ok()).unwrap_or(otherwise)
}

fn read_cell(tree: &Tree, cell: ElementRef<'_>) -> Cell {
    let scope = attribute(cell.value(), "scope").unwrap_or_default().trim().to_ascii_lowercase();
    let header = cell.value().name() == "th";
    Cell { text: reader::line(tree, cell), header, heads_row: header && scope.starts_with("row") }
}

/// Whether a row that stands in no `thead` names columns: all of it is headers, but for an empty corner.
fn heads_columns(row: &Row) -> bool {
    let corner = |at: usize, cell: &Cell| at == 0 && cell.text.is_empty();
    row.iter().any(|cell| cell.header)
        && row.iter().enumerate().all(|(at, cell)| corner(at, cell) || cell.header && !cell.heads_row)
}

/// How many columns of headers every row begins with; 0 where nothing but headers is there.
fn leading_headers(body: &[&Row]) -> usize {
    let leading = |row: &&Row| row.iter().take_while(|cell| cell.header).count();
    let fewest = body.iter().map(leading).min().unwrap_or(0);
    if body.iter().all(|row| row.len() <= fewest) { 0 } else { fewest }
}

/// Names from the top, a record per row.
fn down(head: &[&Row], body: &[&Row], width: usize) -> (Vec<String>, Vec<Map<String, Value>>) {
    let headers = names((0..width).map(|x| joined(head.iter().map(|row| row[x].text.as_str()))));
    let records = body.iter().map(|row| record(&headers, row)).collect();
    (headers, records)
}

/// Names from the first columns, a record per further column.
fn across(body: &[&Row], heading: usize, width: usize) -> (Vec<String>, Vec<Map<String, Value>>) {
    let headers = names(body.iter().map(|row| joined(row[..heading].iter().map(|cell| cell.text.as_str()))));
    let column = |x: usize| body.iter().map(|row| row[x].clone()).collect::<Row>();
    let records = (heading..width).map(|x| record(&headers, &column(x))).collect();
    (headers, records)
}

fn record(headers: &[String], row: &Row) -> Map<String, Value> {
    headers.iter().zip(row).map(|(name, cell)| (name.clone(), Value::String(cell.text.clone()))).collect()
}

/// Headers over one another; one that spans several rows stands once.
fn joined<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let mut name: Vec<&str> = Vec::new();
    for part in parts.filter(|part| !part.is_empty()) {
        if name.last() != Some(&part) {
            name.push(part);
        }
    }
    name.join(" / ")
}

/// No name is empty or stands twice.
fn names(given: impl Iterator<Item = String>) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut seen: HashMap<String, usize> = HashMap::new();
    let unique = |(at, name): (usize, String)| {
        let name = if name.is_empty() { format!("column {}", at + 1) } else { name };
        loop {
            let times = seen.entry(name.clone()).or_default();
            *times += 1;
            let free = if *times == 1 { name.clone() } else { format!("{name} {times}") };
            if taken.insert(free.clone()) {
                return free;
            }
        }
    };
    given.enumerate().map(unique).collect()
}
