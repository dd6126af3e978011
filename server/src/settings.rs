//! The settings of the server: the section `server` of the settings file. Owns their names and defaults; those of
//! reading belong to the indexer.

use crate::zaken::machtiging::Wijze;
use serde::{Deserialize, Serialize};
use std::path::Path;
use zv_shared::config::{Config, ConfigError};

/// The section of the settings file.
pub const SECTION: &str = "server";

/// What a beheerder may set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerSettings {
    /// Whether somebody may grant a machtiging to himself.
    pub machtiging: Wijze,
    /// Whether figures for a monitor stand at `/metingen`, for whoever reaches the server.
    pub metingen: bool,
}

impl ServerSettings {
    /// The settings of this state folder.
    pub fn load(state: &Path) -> Result<Self, ConfigError> {
        Config::load(state)?.section(SECTION)
    }
}
