//! `instellingen`: the settings that hold now, defaults included, in the form of the settings file. Never changes one.

use super::exit::Failure;
use crate::settings::ServerSettings;
use serde::Serialize;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use zv_indexer::settings::Settings;
use zv_shared::index::settings::IndexSettings;

/// A field for each section of the file.
#[derive(Debug, Serialize)]
struct All {
    server: ServerSettings,
    inlezen: Settings,
    index: IndexSettings,
}

/// Does it.
pub fn run(state: &Path, json: bool) -> Result<ExitCode, Failure> {
    let all = All {
        server: ServerSettings::load(state)?,
        inlezen: Settings::load(state)?,
        index: IndexSettings::load(state)?,
    };
    let text = match json {
        true => serde_json::to_string_pretty(&all)? + "\n",
        false => toml::to_string_pretty(&all).map_err(|error| Failure::new(error.to_string()))?,
    };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings;
    use zv_shared::config::{Config, SECTIONS};

    #[test]
    fn what_is_shown_can_be_the_settings_file_and_every_section_is_known() {
        let state = tempfile::tempdir().expect("state");
        let all = All {
            server: ServerSettings::default(),
            inlezen: Settings::default(),
            index: IndexSettings::default(),
        };
        let text = toml::to_string_pretty(&all).expect("toml");
        for section in SECTIONS {
            assert!(text.contains(&format!("[{section}")), "{section}");
        }
        std::fs::write(state.path().join("zoekenvind.toml"), &text).expect("written");
        let config = Config::load(state.path()).expect("read");
        let server: ServerSettings = config.section(settings::SECTION).expect("server");
        assert_eq!(server, all.server);
        assert_eq!(Settings::load(state.path()).expect("inlezen"), all.inlezen);
        let index = IndexSettings::load(state.path()).expect("index");
        assert_eq!(index, all.index);
    }
}
