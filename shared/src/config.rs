//! The settings file `zoekenvind.toml`: where it lies, what the environment sets over it, and what somebody is told who
//! wrote a name or value that cannot be. Owns no setting itself: each room has a section of its own. Never writes it.

use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// Name of the file in the state folder.
const FILE: &str = "zoekenvind.toml";
/// Names another file instead.
const ELSEWHERE: &str = "ZOEKENVIND_INSTELLINGEN";
/// Begins the name of a variable that sets one value: `ZOEKENVIND__SERVER__ADRES`.
const OVER: &str = "ZOEKENVIND__";
/// The sections there are.
pub const SECTIONS: [&str; 3] = ["server", "inlezen", "index"];
/// What earlier versions read: ignoring it would drop limits that somebody set.
const FORMER: [&str; 2] = ["instellingen.json", "server.json"];

/// The settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("de instellingen in {0} kunnen niet worden gelezen: {1}")]
    Io(String, #[source] std::io::Error),
    /// A name or value that cannot be.
    #[error("de instellingen in {0} kloppen niet: {1}")]
    Wrong(String, String),
    /// A file that is not read any more.
    #[error(
        "{0} wordt niet meer gelezen; zet wat u daarin instelde in zoekenvind.toml en haal het bestand weg"
    )]
    Former(String),
}

/// The settings of an installation: the file, and what the environment sets over it.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Where it was read, for messages.
    origin: String,
    table: Table,
}

impl Config {
    /// The settings of this state folder; without a file, those that nobody set.
    pub fn load(state: &Path) -> Result<Self, ConfigError> {
        if let Some(former) = FORMER
            .iter()
            .map(|name| state.join(name))
            .find(|f| f.exists())
        {
            return Err(ConfigError::Former(former.display().to_string()));
        }
        let (path, must_be) = match std::env::var_os(ELSEWHERE).filter(|path| !path.is_empty()) {
            Some(path) => (PathBuf::from(path), true),
            None => (state.join(FILE), false),
        };
        let origin = path.display().to_string();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !must_be => String::new(),
            Err(error) => return Err(ConfigError::Io(origin, error)),
        };
        let over = std::env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            name.starts_with(OVER)
                .then(|| (name, value.to_string_lossy().into_owned()))
        });
        Self::parse(origin, &text, over)
    }

    fn parse(
        origin: String,
        text: &str,
        over: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut table: Table = toml::from_str(text).map_err(|error| {
            let line = error
                .span()
                .map(|span| 1 + text[..span.start].matches('\n').count());
            let line = line.map_or(String::new(), |line| format!("regel {line}: "));
            ConfigError::Wrong(origin.clone(), format!("{line}{}", error.message()))
        })?;
        for (name, value) in over {
            let path = name[OVER.len()..].to_lowercase();
            set(&mut table, &path, &value).map_err(|why| ConfigError::Wrong(name, why))?;
        }
        if let Some(name) = table.keys().find(|name| !SECTIONS.contains(&name.as_str())) {
            let sections = SECTIONS.map(str::to_owned);
            return Err(ConfigError::Wrong(origin, unknown(name, &sections)));
        }
        Ok(Config { origin, table })
    }

    /// One section, as the room that owns it knows it; what is not set takes its default.
    pub fn section<T: DeserializeOwned>(&self, name: &str) -> Result<T, ConfigError> {
        let section = self.table.get(name).cloned();
        let section = section.unwrap_or_else(|| Value::Table(Table::new()));
        serde_path_to_error::deserialize(section).map_err(|error| {
            let path = error.path().to_string();
            let path = match path.as_str() {
                "." => name.to_owned(),
                path => format!("{name}.{path}"),
            };
            let said = error.into_inner();
            self.wrong(&in_dutch(&path, said.message()))
        })
    }

    /// What is wrong with these settings, for a rule that only their owner knows.
    pub fn wrong(&self, why: &str) -> ConfigError {
        ConfigError::Wrong(self.origin.clone(), why.to_owned())
    }
}

/// Sets the value at `a__b__c`: as TOML has it, else as text.
fn set(table: &mut Table, path: &str, value: &str) -> Result<(), String> {
    let parsed = toml::from_str::<Table>(&format!("x = {value}"))
        .ok()
        .and_then(|mut table| table.remove("x"))
        .unwrap_or_else(|| Value::String(value.to_owned()));
    let (folders, last) = path
        .rsplit_once("__")
        .ok_or_else(|| format!("schrijf {OVER}DEEL__NAAM"))?;
    let mut here = table;
    for name in folders.split("__") {
        let below = here
            .entry(name)
            .or_insert_with(|| Value::Table(Table::new()));
        here = below
            .as_table_mut()
            .ok_or_else(|| format!("{name} heeft zelf een waarde"))?;
    }
    here.insert(last.to_owned(), parsed);
    Ok(())
}

/// What serde says, for who wrote the file. A name nobody knows is the commonest mistake.
fn in_dutch(path: &str, said: &str) -> String {
    let said = said.lines().next().unwrap_or_default();
    let quoted: Vec<String> = said
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect();
    match quoted.as_slice() {
        [name, known @ ..] if said.starts_with("unknown field") => unknown(name, known),
        [name, known @ ..] if said.starts_with("unknown variant") => {
            format!(
                "{path} kan niet {name} zijn; mogelijk zijn {}",
                known.join(", ")
            )
        }
        _ => match said.rsplit_once("expected ") {
            Some((_, expected)) => format!("{path} moet {} zijn", kind(expected)),
            None => format!("{path}: {said}"),
        },
    }
}

fn kind(expected: &str) -> &str {
    match expected {
        "usize" | "u64" | "u32" | "u16" | "u8" | "i64" => "een geheel getal van 0 of meer",
        "a boolean" => "true of false",
        "a string" => "tekst tussen aanhalingstekens",
        "a sequence" => "een lijst tussen [ en ]",
        other => other,
    }
}

fn unknown(name: &str, known: &[String]) -> String {
    let near = known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(name, known), known))
        .filter(|(distance, known)| *distance <= 1 + known.len() / 4)
        .min();
    match near {
        Some((_, near)) => format!("onbekende naam {name}; bedoelde u {near}?"),
        None => format!("onbekende naam {name}; mogelijk zijn {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Reading {
        lezers: u32,
        offline: Option<Offline>,
        per_formaat: std::collections::BTreeMap<String, Own>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Offline {
        Altijd,
        Nooit,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Own {
        bladzijden: u32,
    }

    fn load(text: &str, over: &[(&str, &str)]) -> Result<Reading, String> {
        let over = over
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()));
        Config::parse("zoekenvind.toml".into(), text, over)
            .and_then(|config| config.section("inlezen"))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_environment_goes_before_the_file_and_what_is_not_set_is_the_default() {
        assert_eq!(load("", &[]).unwrap(), Reading::default());
        let text = "[inlezen]\nlezers = 4\n[inlezen.per_formaat.pdf]\nbladzijden = 20\n";
        let found = load(text, &[]).unwrap();
        assert_eq!((found.lezers, found.per_formaat["pdf"].bladzijden), (4, 20));
        let over = [
            ("ZOEKENVIND__INLEZEN__LEZERS", "8"),
            ("ZOEKENVIND__INLEZEN__OFFLINE", "nooit"),
            ("ZOEKENVIND__INLEZEN__PER_FORMAAT__PST__BLADZIJDEN", "3"),
        ];
        let found = load(text, &over).unwrap();
        assert_eq!((found.lezers, found.offline), (8, Some(Offline::Nooit)));
        assert_eq!(found.per_formaat.len(), 2);
    }

    #[test]
    fn what_cannot_be_is_refused_with_the_way_out() {
        let told = |text: &str| load(text, &[]).unwrap_err();
        let cases = [
            (
                "[inlezen]\nlesers = 4",
                "onbekende naam lesers; bedoelde u lezers?",
            ),
            (
                "[inlezen]\nkleur = 4",
                "mogelijk zijn lezers, offline, per_formaat",
            ),
            ("[inlezn]\nlezers = 4", "bedoelde u inlezen?"),
            (
                "[inlezen]\nlezers = \"vier\"",
                "inlezen.lezers moet een geheel getal",
            ),
            (
                "[inlezen]\nlezers = -1",
                "inlezen.lezers moet een geheel getal",
            ),
            (
                "[inlezen]\noffline = \"soms\"",
                "mogelijk zijn altijd, nooit",
            ),
            (
                "[inlezen.per_formaat.pdf]\nbladzijde = 3",
                "bedoelde u bladzijden?",
            ),
            ("[inlezen]\n\nlezers = = 3", "regel 3: "),
        ];
        for (text, said) in cases {
            let told = told(text);
            assert!(told.contains(said), "{text:?} says {told:?}");
        }
        let told = load("", &[("ZOEKENVIND__INLEZN__LEZERS", "8")]).unwrap_err();
        assert!(told.contains("bedoelde u inlezen?"), "{told}");
    }

    #[test]
    fn what_an_earlier_version_read_is_not_silently_left_out() {
        let state = tempfile::tempdir().unwrap();
        std::fs::write(state.path().join("server.json"), "{}").unwrap();
        let told = Config::load(state.path()).unwrap_err().to_string();
        assert!(
            told.contains("server.json wordt niet meer gelezen"),
            "{told}"
        );
    }
}
