//! The settings of the server (`server.json` in the state folder). Owns their names and defaults; those of reading
//! belong to the indexer.

use crate::zaken::machtiging::Wijze;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;

const FILE: &str = "server.json";

/// What a beheerder may set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerSettings {
    /// Whether somebody may grant a machtiging to himself.
    pub machtiging: Wijze,
}

impl ServerSettings {
    /// The settings of this state folder; the defaults when there is no file.
    pub fn load(state: &Path) -> io::Result<Self> {
        let path = state.join(FILE);
        let wrong = |error: serde_json::Error| {
            let message = format!(
                "de instellingen in {} kloppen niet: {error}",
                path.display()
            );
            io::Error::new(io::ErrorKind::InvalidData, message)
        };
        match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(wrong),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }
}
