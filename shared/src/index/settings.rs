//! The settings of the index: the section `index` of the settings file, and the engine that it names. Never opens an
//! index.

use super::cluster::{Cluster, Login, Nodes};
use super::{Blobs, Embedded, Engine, IndexError};
use crate::config::{Config, ConfigError};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

/// The section of the settings file.
pub const SECTION: &str = "index";

/// Which engine holds the index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Motor {
    /// The one in the program, in the state folder.
    #[default]
    Ingebouwd,
    /// A cluster of OpenSearch.
    Opensearch,
}

impl Motor {
    /// The name in the settings.
    pub fn name(self) -> &'static str {
        match self {
            Motor::Ingebouwd => "ingebouwd",
            Motor::Opensearch => "opensearch",
        }
    }
}

impl FromStr for Motor {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let all = [Motor::Ingebouwd, Motor::Opensearch];
        let found = all.into_iter().find(|motor| motor.name() == name);
        found.ok_or("kies ingebouwd of opensearch")
    }
}

/// What a beheerder may set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IndexSettings {
    /// Which engine holds the index.
    pub motor: Motor,
    /// Where the texts lie, when several machines read sources: a folder that all of them reach.
    pub teksten: Option<PathBuf>,
    /// Whether this machine only reads sources for an installation whose people and cases are on another one.
    pub zaken_elders: bool,
    /// The cluster.
    pub cluster: Option<ClusterSettings>,
}

/// Where a cluster is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClusterSettings {
    /// Its nodes, such as `https://knoop-1.voorbeeld.nl:9200`.
    pub adressen: Vec<String>,
    /// How the index is called there.
    #[serde(default = "usual_name")]
    pub naam: String,
    /// In how many parts a new index is cut.
    #[serde(default = "usual_shards")]
    pub scherven: u32,
    /// How many copies of each part there are beside it.
    #[serde(default = "usual_replicas")]
    pub kopieen: u32,
    /// Who logs in.
    pub gebruiker: Option<String>,
    /// The file with its password.
    pub wachtwoord_bestand: Option<PathBuf>,
    /// The file with the authorities that are trusted (PEM); else those of the system.
    pub ca: Option<PathBuf>,
    /// The certificate with which this machine tells who it is (PEM).
    pub certificaat: Option<PathBuf>,
    /// The private key of that (PEM).
    pub sleutel: Option<PathBuf>,
}

fn usual_name() -> String {
    "zoekenvind".to_owned()
}

fn usual_shards() -> u32 {
    3
}

fn usual_replicas() -> u32 {
    1
}

impl IndexSettings {
    /// The settings of this state folder.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn load(state: &Path) -> Result<Self, ConfigError> {
        let config = Config::load(state)?;
        let settings: Self = config.section(SECTION)?;
        match settings.fault() {
            None => Ok(settings),
            Some(fault) => Err(config.wrong(fault)),
        }
    }

    /// What is wrong with them, in a sentence.
    fn fault(&self) -> Option<&'static str> {
        match (&self.cluster, self.motor) {
            (None, Motor::Opensearch) => {
                Some("met motor 'opensearch' noemt 'index.cluster' de adressen van het cluster")
            }
            (_, Motor::Ingebouwd) if self.zaken_elders => {
                Some("'zaken_elders' kan alleen met motor 'opensearch'")
            }
            (None, Motor::Ingebouwd) => None,
            (Some(cluster), _) => cluster.fault(),
        }
    }

    /// The engine that is meant: the index in the folder `index`, with its texts in `texts` unless they lie elsewhere.
    /// `house` marks the installation.
    ///
    /// # Errors
    /// When a folder or a file that the settings name cannot be used.
    pub fn engine(
        &self,
        (index, texts): (&Path, &Path),
        house: &str,
    ) -> Result<Arc<dyn Engine>, IndexError> {
        let texts = self.teksten.as_deref().unwrap_or(texts);
        let blobs = Blobs::open(texts)?;
        Ok(match (self.motor, &self.cluster) {
            (Motor::Opensearch, Some(cluster)) => {
                let cluster = cluster.engine(blobs)?;
                match self.zaken_elders {
                    true => Arc::new(cluster),
                    false => Arc::new(cluster.of_house(house)),
                }
            }
            _ => Arc::new(Embedded::new(index, blobs)),
        })
    }
}

impl ClusterSettings {
    fn fault(&self) -> Option<&'static str> {
        let sound = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let name = self.naam.as_bytes();
        if !name.first().is_some_and(u8::is_ascii_lowercase) || !name.iter().all(|b| sound(*b)) {
            return Some(
                "'index.cluster.naam' begint met een kleine letter, en heeft verder alleen a-z, 0-9 en -",
            );
        }
        if self.adressen.is_empty() {
            return Some("'index.cluster.adressen' noemt ten minste een adres");
        }
        if self.scherven == 0 {
            return Some("'index.cluster.scherven' is ten minste 1");
        }
        if !self.adressen.iter().all(|address| is_safe(address)) {
            return Some(
                "'index.cluster.adressen' beginnen met https://: teksten en vragen gaan anders leesbaar over het netwerk. \
                 http:// mag alleen naar deze computer zelf",
            );
        }
        if self.gebruiker.is_some() != self.wachtwoord_bestand.is_some() {
            return Some(
                "'gebruiker' en 'wachtwoord_bestand' van 'index.cluster' horen bij elkaar",
            );
        }
        if self.certificaat.is_some() != self.sleutel.is_some() {
            return Some("'certificaat' en 'sleutel' van 'index.cluster' horen bij elkaar");
        }
        None
    }

    /// The index on this cluster, with its texts in `blobs`.
    ///
    /// # Errors
    /// When a file that the settings name cannot be used.
    fn engine(&self, blobs: Blobs) -> Result<Cluster, IndexError> {
        let parts = (self.scherven, self.kopieen);
        Ok(Cluster::new(self.nodes()?, &self.naam, parts, blobs))
    }

    fn nodes(&self) -> Result<Nodes, IndexError> {
        Nodes::new(
            &self.adressen,
            &Login {
                user: self.gebruiker.clone().zip(self.wachtwoord_bestand.clone()),
                authorities: self.ca.clone(),
                certificate: self.certificaat.clone().zip(self.sleutel.clone()),
            },
        )
    }
}

/// Whether nobody on the network can read what is sent there.
fn is_safe(address: &str) -> bool {
    let here = |host: &str| {
        let host = host.split(['/', '?']).next().unwrap_or_default();
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        };
        matches!(name, "localhost" | "127.0.0.1" | "[::1]")
    };
    match address.split_once("://") {
        Some(("https", host)) => !host.is_empty() && !host.contains('@'),
        Some(("http", host)) => here(host),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fault(cluster: serde_json::Value) -> Option<&'static str> {
        let settings = json!({"motor": "opensearch", "cluster": cluster});
        let settings: IndexSettings = serde_json::from_value(settings).expect("settings");
        settings.fault()
    }

    #[test]
    fn a_cluster_is_reached_safely_or_not_at_all() {
        let at = |address: &str| fault(json!({"adressen": [address]}));
        for good in [
            "https://knoop:9200",
            "https://10.0.0.1",
            "http://127.0.0.1:9200",
            "http://[::1]:9200/pad",
            "http://localhost",
        ] {
            assert_eq!(at(good), None, "{good}");
        }
        for bad in [
            "http://knoop:9200",
            "http://127.0.0.1.voorbeeld.nl",
            "http://127.0.0.1@voorbeeld.nl",
            "https://iemand:geheim@knoop",
            "knoop:9200",
            "https://",
            "ftp://knoop",
        ] {
            assert!(at(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn half_a_setting_is_a_mistake() {
        let here = json!({"adressen": ["http://127.0.0.1:9200"]});
        assert_eq!(fault(here.clone()), None);
        for (name, value) in [
            ("adressen", json!([])),
            ("naam", json!("Zoek")),
            ("naam", json!("")),
            ("naam", json!("a_b")),
            ("scherven", json!(0)),
            ("gebruiker", json!("zoek")),
            ("wachtwoord_bestand", json!("/w")),
            ("sleutel", json!("/s")),
        ] {
            let mut settings = here.clone();
            settings[name] = value;
            assert!(fault(settings).is_some(), "{name}");
        }
        let without = IndexSettings {
            motor: Motor::Opensearch,
            ..IndexSettings::default()
        };
        assert!(without.fault().is_some() && IndexSettings::default().fault().is_none());
    }
}
