//! Values as lines of a terminal.

use super::table::table;
use crate::crawl::Page;
use crate::script::Shown;
use crate::script::duration::show;
use crate::text::cut;

/// How many rows of a table, or items of a list, a terminal shows.
const ROWS: usize = 40;

/// How much of a text a terminal shows.
const CHARACTERS: usize = 2_000;
const LINES: usize = 30;

/// The value as text. Without a width, which is that of the terminal, nothing is cut.
#[must_use]
pub fn render(shown: &Shown, width: Option<usize>) -> String {
    let most = width.map(|_| ROWS);
    match shown {
        Shown::Page(page) => self::page(page, width),
        Shown::Records { columns, rows } => table(columns, rows, width, most),
        Shown::Record(fields) => record(fields, width),
        Shown::List(items) => list(items, width),
        Shown::Text(text) => self::text(text, width),
        Shown::Plain(text) => self::text(text, width),
    }
}

/// Title and address, then what it is: status, size, links, where it comes from, how long it took.
fn page(page: &Page, width: Option<usize>) -> String {
    let wide = width.unwrap_or(usize::MAX);
    let title = if page.title().is_empty() { "(no title)" } else { page.title() };
    let document = page.document();
    let size = document.source().len();
    let mut facts = vec![page.status().map_or_else(|| "no status".to_owned(), |status| status.to_string())];
    facts.push(if size < 10_000 { format!("{size} bytes") } else { format!("{} KB", size / 1000) });
    let links = document.links().len();
    facts.push(format!("{links} {}", if links == 1 { "link" } else { "links" }));
    facts.extend(page.items.as_ref().map(|items| format!("{} items", items.len())));
    facts.extend(page.selected.as_ref().map(|selected| format!("{} selected", selected.len())));
    facts.extend((!page.warnings.is_empty()).then(|| format!("{} warnings", page.warnings.len())));
    facts.push(format!("session `{}`", page.session));
    facts.push(format!("step {}", page.step));
    facts.push(show(page.elapsed));
    let lines = [title.to_owned(), page.url().to_owned(), facts.join(" · ")];
    lines.map(|line| cut(&line, wide)).join("\n")
}

fn record(fields: &[(String, String)], width: Option<usize>) -> String {
    let widest = fields.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let room = width.map_or(usize::MAX, |width| width.saturating_sub(widest + 2).max(10));
    let line = |(name, value): &(String, String)| {
        format!("{name}{}  {}", " ".repeat(widest - name.chars().count()), cut(value, room))
    };
    fields.iter().map(line).map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// In one line where it fits, else an item per line with their count.
fn list(items: &[String], width: Option<usize>) -> String {
    let line = format!("[{}]", items.join(", "));
    if line.chars().count() <= width.unwrap_or(100)
        && !line.contains('\n')
        && !items.iter().any(|item| item.starts_with('<'))
    {
        return line;
    }
    let most = if width.is_some() { ROWS } else { usize::MAX };
    let numbers = (items.len().max(1) - 1).to_string().len();
    let room = width.map_or(usize::MAX, |width| width.saturating_sub(numbers + 2));
    let shown = items.iter().take(most).enumerate();
    let item = |(at, item): (usize, &String)| format!("{at:>numbers$}  {}", cut(&item.replace('\n', " "), room));
    let mut lines: Vec<String> = shown.map(item).collect();
    let rest = items.len().saturating_sub(most);
    let more = if rest > 0 { format!(" · {rest} more not shown") } else { String::new() };
    lines.push(format!("{} items{more}", items.len()));
    lines.join("\n")
}

/// A long text's beginning with its length.
#[must_use]
pub fn text(text: &str, width: Option<usize>) -> String {
    let (characters, lines) = (text.chars().count(), text.lines().count());
    if width.is_none() || (characters <= CHARACTERS && lines <= LINES) {
        return text.to_owned();
    }
    let head: String = text.chars().take(CHARACTERS).collect();
    let head: Vec<&str> = head.lines().take(LINES).collect();
    format!("{}\n… {characters} characters in {lines} lines", head.join("\n"))
}
