//! A schema: how rows and their fields are found and what becomes of their text.

use super::Selector;

/// A named extraction schema (LANGUAGE section 5).
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    /// Its name in the script.
    pub name: String,
    /// The rows.
    pub at: Selector,
    /// Fewer rows are an error; 1 when not given, so that no match is one.
    pub min: Option<u64>,
    /// More rows are an error.
    pub max: Option<u64>,
    /// A field whose values must differ from row to row: repeats are dropped with a warning.
    pub unique: Option<String>,
    /// The share of rows (0 to 1) in which each field must be filled.
    pub fill: Option<f64>,
    /// Fields in written order.
    pub fields: Vec<(String, Field)>,
}

/// One field: where it is, what is read, what is done to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// What is read.
    pub kind: FieldKind,
    /// Applied in order.
    pub transforms: Vec<Transform>,
    /// Absent is `()` without a warning.
    pub optional: bool,
}

/// A closure of the script, by its number in the script's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ComputeId(pub u64);

/// What a field reads.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldKind {
    /// Text as a reader sees it.
    Text(Selector),
    /// Inner HTML.
    Html(Selector),
    /// An attribute.
    Attr(Selector, String),
    /// The `href`/`src`, resolved.
    Link(Selector),
    /// A whole number in the text.
    Int(Selector),
    /// A decimal number in the text.
    Float(Selector),
    /// An amount of money: `#{ amount, currency }`.
    Money(Selector),
    /// A date in ISO 8601; from `datetime` where there is one, else the text, by the format when given.
    Date(Selector, Option<String>),
    /// Whether it is there (no selector text match) or says yes.
    Bool(Selector),
    /// Markdown of the element.
    Markdown(Selector),
    /// A constant.
    Value(serde_json::Value),
    /// Every match through the inner field, `:self` being the match.
    List(Box<Field>),
    /// One record under the first match.
    Nested(Selector, Vec<(String, Field)>),
    /// A record for each match.
    NestedList(Selector, Vec<(String, Field)>),
    /// Computed by the script from the row so far.
    Computed(ComputeId),
}

/// What is done to a field's value.
#[derive(Debug, Clone, PartialEq)]
pub enum Transform {
    /// Drops white space at both ends.
    Trim,
    /// Lower case.
    Lower,
    /// Upper case.
    Upper,
    /// The first match of a regular expression, or a group of it.
    Regex(String, u32),
    /// Replaces every occurrence.
    Replace(String, String),
    /// Splits into an array.
    Split(String),
    /// To a whole number.
    Int,
    /// To a decimal number.
    Float,
    /// To an ISO 8601 date, by a strptime format when given.
    Date(Option<String>),
    /// The value when there is none.
    Default(serde_json::Value),
}

impl Schema {
    /// A schema with its rows' selector and fields, and no conditions on them.
    #[must_use]
    pub fn new(name: impl Into<String>, at: Selector, fields: Vec<(String, Field)>) -> Self {
        Self { name: name.into(), at, min: None, max: None, unique: None, fill: None, fields }
    }

    /// Whether some field is computed by the script.
    #[must_use]
    pub fn computes(&self) -> bool {
        self.fields.iter().any(|(_, field)| field.kind.computes())
    }

    /// A text that is equal for schemas that extract alike, from run to run. `compute` stands for a computed field's
    /// closure: its source and captured values.
    #[must_use]
    pub fn fingerprint(&self, compute: &dyn Fn(ComputeId) -> String) -> String {
        let head = format!("{:?} {:?} {:?} {:?} {:?}", self.at, self.min, self.max, self.unique, self.fill);
        format!("{head} {}", fields_print(&self.fields, compute))
    }
}

fn fields_print(fields: &[(String, Field)], compute: &dyn Fn(ComputeId) -> String) -> String {
    let one = |(name, field): &(String, Field)| format!("{name:?}: {}", field_print(field, compute));
    format!("{{{}}}", fields.iter().map(one).collect::<Vec<_>>().join(", "))
}

fn field_print(field: &Field, compute: &dyn Fn(ComputeId) -> String) -> String {
    let kind = match &field.kind {
        FieldKind::Computed(id) => format!("Computed({:?})", compute(*id)),
        FieldKind::List(inner) => format!("List({})", field_print(inner, compute)),
        FieldKind::Nested(at, fields) => format!("Nested({at:?}, {})", fields_print(fields, compute)),
        FieldKind::NestedList(at, fields) => format!("NestedList({at:?}, {})", fields_print(fields, compute)),
        plain => format!("{plain:?}"),
    };
    format!("{kind} {:?} {}", field.transforms, field.optional)
}

impl Field {
    /// A field that is expected in every row, without transforms.
    #[must_use]
    pub fn new(kind: FieldKind) -> Self {
        Self { kind, transforms: Vec::new(), optional: false }
    }

    /// The same field with one more transform.
    #[must_use]
    pub fn with(mut self, transform: Transform) -> Self {
        self.transforms.push(transform);
        self
    }

    /// Whether its absence is foreseen: `optional`, or a default.
    #[must_use]
    pub fn may_be_absent(&self) -> bool {
        self.optional || self.transforms.iter().any(|transform| matches!(transform, Transform::Default(_)))
    }
}

impl FieldKind {
    fn computes(&self) -> bool {
        match self {
            Self::Computed(_) => true,
            Self::List(inner) => inner.kind.computes(),
            Self::Nested(_, fields) | Self::NestedList(_, fields) => fields.iter().any(|(_, f)| f.kind.computes()),
            _ => false,
        }
    }

    /// Where it is looked for: the selector of the kinds that have one, a list's of its inner field.
    #[must_use]
    pub fn selector(&self) -> Option<&Selector> {
        match self {
            Self::Text(at)
            | Self::Html(at)
            | Self::Attr(at, _)
            | Self::Link(at)
            | Self::Int(at)
            | Self::Float(at)
            | Self::Money(at)
            | Self::Date(at, _)
            | Self::Bool(at)
            | Self::Markdown(at)
            | Self::Nested(at, _)
            | Self::NestedList(at, _) => Some(at),
            Self::List(inner) => inner.kind.selector(),
            Self::Value(_) | Self::Computed(_) => None,
        }
    }
}
