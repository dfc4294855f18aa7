//! What a recording states about its run.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What is known when a recording begins, by the names of a cassette's facts.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// The version of the program.
    pub crawl: String,
    /// The script's path, as it was given.
    pub script: String,
    /// The values of `--set`.
    pub parameters: Map<String, Value>,
    /// The browser of sessions that name none.
    pub browser: String,
    /// When the run began: milliseconds since 1970.
    pub began: f64,
    /// What pages draw random numbers from when the recording is played.
    pub seed: u32,
    /// What stands in the place of which secret, by [`super::Vault::facts`].
    pub secrets: Value,
    /// How the run ended: `ok`, `failed` or `interrupted`.
    pub ended: String,
}

impl Facts {
    /// Those of a cassette; what it does not state is left empty.
    #[must_use]
    pub fn of(stated: &Map<String, Value>) -> Self {
        let mut facts = Self::default();
        let Ok(Value::Object(mut all)) = serde_json::to_value(&facts) else { return facts };
        for (name, value) in stated {
            let before = all.insert(name.clone(), value.clone());
            match serde_json::from_value(Value::Object(all.clone())) {
                Ok(read) => facts = read,
                // A fact of another shape is one that is not known.
                Err(_) => drop(before.map(|before| all.insert(name.clone(), before))),
            }
        }
        facts
    }

    /// The names of the secrets that the script asked for.
    pub fn secret_names(&self) -> impl Iterator<Item = &str> {
        let all = self.secrets.as_array().into_iter().flatten();
        all.filter(|known| known["kind"] == "secret").filter_map(|known| known["name"].as_str())
    }

    /// Each as a name and a value.
    pub(super) fn each(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(all)) => all,
            _ => Map::new(),
        }
    }
}
