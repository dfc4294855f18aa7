//! The secrets that a script asked for by name, for steps to compare by: with the name in the place of the value, a run
//! without the secret takes the same steps.

use super::Vault;

/// Named secrets.
#[derive(Debug, Default)]
pub struct Named {
    vault: Vault,
    any: bool,
}

impl Named {
    /// Takes note of one.
    pub fn add(&mut self, name: &str, value: &str) {
        self.vault.add_secret(name, value);
        self.any = true;
    }

    /// A text with names in the place of values, however they are written there; `None`: it has none.
    #[must_use]
    pub fn conceal(&self, text: &str) -> Option<String> {
        if !self.any {
            return None;
        }
        // A vault that knows nothing brings placeholders into one spelling.
        let hidden = self.vault.hide(text);
        let plain = Vault::default().reveal(&hidden).into_owned();
        (plain != text).then_some(plain)
    }
}
