//! Sizes as scripts write them.

use rhai::Dynamic;

use super::builtin::Call;

/// What a size looks like, for messages.
const SIZE_HELP: &str = "a number of bytes, or a size such as \"20 MB\"";

impl Call<'_, '_> {
    /// A number of bytes: as such, or as `500 KB`, `20MB`, `1.5 GB`, of a thousand each.
    pub fn size(&self, name: &str) -> Result<Option<u64>, Box<rhai::EvalAltResult>> {
        let Some(value) = self.value(name) else { return Ok(None) };
        read(&value).map(Some).ok_or_else(|| self.wrong(name, SIZE_HELP, &value))
    }
}

fn read(value: &Dynamic) -> Option<u64> {
    if let Ok(bytes) = value.as_int() {
        return u64::try_from(bytes).ok();
    }
    let text = value.clone().into_immutable_string().ok()?;
    let text = text.trim();
    let (number, unit) = text.split_at(text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len()));
    let number: f64 = number.trim().parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0)?;
    let bytes = match unit.to_ascii_uppercase().as_str() {
        "" | "B" => 1.0,
        "KB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        _ => return None,
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size that is not negative")]
    let size = (number * bytes) as u64;
    Some(size)
}
