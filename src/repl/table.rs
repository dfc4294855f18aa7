//! Records as an aligned table, cut to a width.

use unicode_width::UnicodeWidthStr;

use crate::text::cut;

/// What stands between columns.
const GAP: usize = 2;

/// A column is cut to no less than this.
const NARROWEST: usize = 6;

/// No column is wider where there is a limit at all.
const WIDEST: usize = 60;

/// The table with a header line; at most `rows` of the records and `width` columns of the terminal, where given.
#[must_use]
pub fn table(columns: &[String], records: &[Vec<String>], width: Option<usize>, rows: Option<usize>) -> String {
    let shown = &records[..records.len().min(rows.unwrap_or(usize::MAX))];
    let natural = |column: usize| {
        let cells = shown.iter().filter_map(|record| record.get(column)).map(|cell| cell.width());
        cells.chain([columns[column].width()]).max().unwrap_or(0)
    };
    let mut widths: Vec<usize> = (0..columns.len()).map(natural).collect();
    let mut left_out = 0;
    if let Some(width) = width {
        left_out = fit(&mut widths, width);
    }
    let right: Vec<bool> = (0..widths.len()).map(|column| is_numeric(shown, column)).collect();
    let line = |cells: &dyn Fn(usize) -> String| {
        let cells: Vec<String> =
            widths.iter().enumerate().map(|(column, width)| padded(&cells(column), *width, right[column])).collect();
        cells.join(&" ".repeat(GAP)).trim_end().to_owned()
    };
    let mut out = vec![line(&|column| columns[column].clone())];
    out.push(widths.iter().map(|width| "─".repeat(*width)).collect::<Vec<_>>().join(&" ".repeat(GAP)));
    out.extend(shown.iter().map(|record| line(&|column| record.get(column).cloned().unwrap_or_default())));
    out.push(count(records.len(), columns.len(), records.len() - shown.len(), left_out));
    out.join("\n")
}

/// `30 rows × 9 fields`, and what is not shown of them.
fn count(rows: usize, fields: usize, rows_out: usize, fields_out: usize) -> String {
    let plural = |number: usize, word: &str| format!("{number} {word}{}", if number == 1 { "" } else { "s" });
    let mut line = format!("{} × {}", plural(rows, "row"), plural(fields, "field"));
    if rows_out > 0 {
        line.push_str(&format!(" · {rows_out} more not shown"));
    }
    if fields_out > 0 {
        line.push_str(&format!(" · {} not shown", plural(fields_out, "field")));
    }
    line
}

/// Narrows the widest columns until all fit; what cannot fit is dropped from the end, and counted.
fn fit(widths: &mut Vec<usize>, width: usize) -> usize {
    let mut dropped = 0;
    widths.iter_mut().for_each(|column| *column = (*column).min(WIDEST));
    loop {
        let total = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
        if total <= width {
            return dropped;
        }
        let widest = widths.iter().enumerate().max_by_key(|(_, width)| **width).map(|(at, width)| (at, *width));
        match widest {
            Some((at, wide)) if wide > NARROWEST => widths[at] -= 1,
            _ if widths.len() > 1 => {
                widths.pop();
                dropped += 1;
            }
            _ => return dropped,
        }
    }
}

fn is_numeric(records: &[Vec<String>], column: usize) -> bool {
    let mut cells = records.iter().filter_map(|record| record.get(column)).filter(|cell| !cell.is_empty()).peekable();
    cells.peek().is_some() && cells.all(|cell| cell.parse::<f64>().is_ok())
}

fn padded(text: &str, width: usize, right: bool) -> String {
    let text = cut(text, width);
    let space = " ".repeat(width.saturating_sub(text.width()));
    if right { format!("{space}{text}") } else { format!("{text}{space}") }
}
