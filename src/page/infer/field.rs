//! From the places of rows to fields: which are kept, what they are called, how they are read.

use std::collections::{HashMap, HashSet};

use super::super::outline::Outline;
use super::super::{Document, ElementId, Field, FieldKind, Selector};
use super::name;
use super::row::{self, Gives, Slot};
use super::value::{Kind, is_date, kind};
use super::write::literal;
use super::{FEWEST_ROWS, Written};

/// What a field reads in each row; nothing where it is absent.
type Values = Vec<Option<String>>;

/// More fields than this nobody wants to read.
const MOST_FIELDS: usize = 16;

/// The fields of the rows, each with a name of its own.
pub(super) fn fields(document: &Document, outline: &Outline, rows: &[usize], slots: &[Slot]) -> Vec<Written> {
    let elements: Vec<ElementId> = rows.iter().map(|row| outline.items[*row].id).collect();
    let mut writer =
        Writer { document, outline, rows: &elements, places: rows, taken: HashSet::new(), known: Vec::new() };
    let mut fields = Vec::new();
    for slot in slots {
        // What is in few rows is a whim of theirs; a flag may be rare.
        let share = slot.seen * 100 / slot.of.max(1);
        if share >= 50 || (share >= 10 && slot.of >= 8 && matches!(slot.gives, Gives::Text | Gives::Several)) {
            writer.write(slot, share, &mut fields);
        }
    }
    fields.truncate(MOST_FIELDS);
    fields
}

struct Writer<'a> {
    document: &'a Document,
    outline: &'a Outline,
    rows: &'a [ElementId],
    places: &'a [usize],
    taken: HashSet<String>,
    /// What the fields so far read, so that nothing is told twice.
    known: Vec<Values>,
}

impl Writer<'_> {
    fn write(&mut self, slot: &Slot, share: usize, fields: &mut Vec<Written>) {
        match slot.gives {
            Gives::Own => self.own(slot, fields),
            Gives::Several => self.several(slot, fields),
            Gives::Image => self.address(slot, "src", fields),
            Gives::Moment => self.moment(slot, fields),
            Gives::Text => self.text(slot, share, fields),
            Gives::Link => {
                // What is within the link speaks for itself.
                if self.outline.items[slot.first].own_text {
                    self.text(slot, share, fields);
                }
                self.address(slot, "href", fields);
            }
        }
    }

    /// An attribute of the row itself that differs from row to row.
    fn own(&mut self, slot: &Slot, fields: &mut Vec<Written>) {
        let values: Values = self.rows.iter().map(|row| self.document.attr(*row, &slot.css)).collect();
        if !self.is_news(&values) {
            return;
        }
        let field = Field::new(FieldKind::Attr(Selector::itself(), slot.css.clone()));
        let text = format!("attr(\":self\", {})", literal(&slot.css));
        self.push(name::of_attribute(&slot.css), field, text, fields);
    }

    fn address(&mut self, slot: &Slot, attribute: &str, fields: &mut Vec<Written>) {
        let Some(selector) = relative(&slot.css) else { return };
        // An address is news although a text spells it out.
        let values = self.values(&selector, |element| {
            let address = self.document.attr(element, attribute);
            address
                .filter(|address| !address.is_empty() && !address.starts_with('#'))
                .map(|address| format!("@{address}"))
        });
        if !self.is_news(&values) {
            return;
        }
        let base = name::of_field(self.outline, slot.row, slot.first);
        let linked = fields.iter().any(|field| matches!(field.field.kind, FieldKind::Link(_)) && field.name == "url");
        let name = match attribute {
            "src" => {
                if base == "img" {
                    "image".to_owned()
                } else {
                    base
                }
            }
            _ if !linked => "url".to_owned(),
            _ => format!("{base}_url"),
        };
        let text = format!("link({})", literal(&slot.css));
        self.push(name, Field::new(FieldKind::Link(selector)), text, fields);
    }

    fn moment(&mut self, slot: &Slot, fields: &mut Vec<Written>) {
        let Some(selector) = relative(&slot.css) else { return };
        let values = self.values(&selector, |element| self.document.attr(element, "datetime"));
        let dates = values.iter().flatten().all(|value| is_date(value));
        let name = name::of_field(self.outline, slot.row, slot.first);
        let css = literal(&slot.css);
        if dates && values.iter().flatten().next().is_some() {
            self.known.push(values);
            self.push(name, Field::new(FieldKind::Date(selector, None)), format!("date({css})"), fields);
        } else if self.is_news(&values) {
            let field = Field::new(FieldKind::Attr(selector, "datetime".to_owned()));
            self.push(name, field, format!("attr({css}, \"datetime\")"), fields);
        }
    }

    fn text(&mut self, slot: &Slot, share: usize, fields: &mut Vec<Written>) {
        let Some(selector) = relative(&slot.css) else { return };
        let values =
            self.values(&selector, |element| Some(self.document.text(element)).filter(|text| !text.is_empty()));
        let name = name::of_field(self.outline, slot.row, slot.first);
        let css = literal(&slot.css);
        let present: Vec<String> = values.iter().flatten().cloned().collect();
        let distinct: HashSet<&String> = present.iter().collect();
        let classed = slot.css.contains('.') || slot.css.contains('[');
        if present.len() < values.len() && distinct.len() == 1 && classed && present.len() >= 2 {
            // The same word in some rows and not in others is a yes or no.
            self.push(name, Field::new(FieldKind::Bool(selector)), format!("bool({css})"), fields);
            return;
        }
        if share < 50 || !self.is_news(&values) {
            return;
        }
        let (build, word): (fn(Selector) -> FieldKind, _) = match kind(&present) {
            Kind::Text => (FieldKind::Text, "text"),
            Kind::Int => (FieldKind::Int, "int"),
            Kind::Float => (FieldKind::Float, "float"),
            Kind::Money => (FieldKind::Money, "money"),
            Kind::Date => (|at| FieldKind::Date(at, None), "date"),
        };
        let nameless = matches!(name.as_str(), "text" | "title" | "name" | "item") && word == "money";
        let name = if nameless { "price".to_owned() } else { name };
        self.push(name, Field::new(build(selector)), format!("{word}({css})"), fields);
    }

    /// Elements that come in several: their texts, or a record for each.
    fn several(&mut self, slot: &Slot, fields: &mut Vec<Written>) {
        let (Some(selector), Ok(whole)) = (relative(&slot.css), Selector::parse(&slot.css)) else { return };
        let places: HashMap<ElementId, usize> =
            self.outline.items.iter().enumerate().map(|(at, item)| (item.id, at)).collect();
        let found = self.places.iter().flat_map(|row| self.document.select_in(self.outline.items[*row].id, &whole));
        let members: Vec<usize> = found.filter_map(|id| places.get(&id).copied()).collect();
        let mut name = name::of_field(self.outline, slot.row, slot.first);
        if !name.ends_with('s') {
            name.push('s');
        }
        let css = literal(&slot.css);
        let slots = row::slots(self.document, self.outline, &members);
        let inner = if members.len() >= FEWEST_ROWS { fields_of(self, &members, &slots) } else { Vec::new() };
        let records = inner.len() >= 2 && inner.iter().all(|field| !field.text.contains(":self"));
        if records {
            let list = inner.iter().map(|field| format!("        {}: {},\n", field.name, field.text));
            let text = format!("nested_list({css}, #{{\n{}    }})", list.collect::<String>());
            let inner = inner.into_iter().map(|field| (field.name, field.field)).collect();
            self.push(name, Field::new(FieldKind::NestedList(selector, inner)), text, fields);
        } else {
            let field = Field::new(FieldKind::List(Box::new(Field::new(FieldKind::Text(selector)))));
            self.push(name, field, format!("list(text({css}))"), fields);
        }
    }

    fn values(&self, selector: &Selector, read: impl Fn(ElementId) -> Option<String>) -> Values {
        let one = |row: &ElementId| self.document.select_first_in(*row, selector).and_then(&read);
        self.rows.iter().map(one).collect()
    }

    /// Whether the values differ and no field has them yet.
    fn is_news(&mut self, values: &Values) -> bool {
        let present: HashSet<&String> = values.iter().flatten().collect();
        if present.len() < 2 || self.known.contains(values) {
            return false;
        }
        self.known.push(values.clone());
        true
    }

    fn push(&mut self, name: String, field: Field, text: String, fields: &mut Vec<Written>) {
        let name = name::unique(name, &mut self.taken);
        fields.push(Written { name, field, text });
    }
}

/// The fields of records within a row, as far as each of them has them.
fn fields_of(writer: &Writer<'_>, members: &[usize], slots: &[Slot]) -> Vec<Written> {
    let flat: Vec<Slot> = slots.iter().filter(|slot| slot.gives != Gives::Several).cloned().collect();
    let whole = fields(writer.document, writer.outline, members, &flat);
    let always = |field: &Written| {
        let Some(selector) = field.field.kind.selector() else { return false };
        let found = |at: &usize| writer.document.select_first_in(writer.outline.items[*at].id, selector).is_some();
        members.iter().all(found)
    };
    whole.into_iter().map(|field| if always(&field) { field } else { super::write::optional(field) }).collect()
}

fn relative(css: &str) -> Option<Selector> {
    Selector::parse_relative(css).ok()
}
