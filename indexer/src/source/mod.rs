//! The registered sources: which folder belongs to which bron, kept as `bronnen.json` in the state folder.
//! Never looks inside a source.

mod rules;

pub use rules::{RulesError, SourceRules};

use crate::read::Passwords;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// File in the state folder.
const FILE: &str = "bronnen.json";

/// A source cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The folder is not there, is no folder, or may not be entered.
    #[error("de map {0} is er niet of is niet bereikbaar ({1}); er is niets veranderd")]
    Unreachable(String, #[source] io::Error),
    /// State inside the source would be indexed itself, and sources are never written to.
    #[error(
        "de staat van Zoek & Vind ({state}) en de map {root} mogen niet in elkaar liggen; kies een andere plaats met --staat"
    )]
    Nested {
        /// The state folder.
        state: String,
        /// The source.
        root: String,
    },
    /// The name belongs to another folder.
    #[error("de naam {name} hoort al bij de map {root}; kies een andere naam met --bron")]
    NameTaken {
        /// The name.
        name: String,
        /// The folder it belongs to.
        root: String,
    },
    /// The folder has a name already: documents are known by it.
    #[error("de map {root} heet al {name}; laat --bron weg of gebruik die naam")]
    OtherName {
        /// Its name.
        name: String,
        /// The folder.
        root: String,
    },
    /// A name that would not work in paths and filters.
    #[error(
        "{0:?} kan geen naam van een bron zijn: gebruik geen lege naam, geen / en geen stuurtekens"
    )]
    BadName(String),
    /// A source lies in a folder, or is fetched.
    #[error(
        "geef een map, of een naam en het adres van een sitemap: een bron ligt op een schijf of wordt opgehaald"
    )]
    MapOrSitemap,
    /// The rules of the source cannot work.
    #[error("de regels van de bron kloppen niet: {0}")]
    Rules(#[from] RulesError),
    /// There is no source of this name.
    #[error("er is geen bron met de naam {0}; zie: zoekenvind bron lijst")]
    Unknown(String),
    /// The passwords cannot be used.
    #[error("het bestand met wachtwoorden {0} kan niet worden gebruikt: {1}")]
    Passwords(String, String),
    /// The registration cannot be read or written.
    #[error("de lijst van bronnen {0} kan niet worden gelezen of geschreven: {1}")]
    File(String, #[source] io::Error),
}

/// A folder on disk that is indexed as one bron.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The name of the bron.
    #[serde(rename = "naam")]
    pub name: String,
    /// Its root: absolute, without symbolic links.
    #[serde(rename = "map", with = "path_bytes")]
    pub root: PathBuf,
    /// A file with passwords, one on each line, that are tried on encrypted documents.
    #[serde(
        rename = "wachtwoorden",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub passwords: Option<PathBuf>,
    /// Which of its files are indexed, how fast, and what they are.
    #[serde(rename = "regels", default)]
    pub rules: SourceRules,
}

impl Source {
    /// The passwords of this source, read from its file now.
    pub fn load_passwords(&self) -> Result<Passwords, SourceError> {
        let Some(path) = &self.passwords else {
            return Ok(Passwords::default());
        };
        let failed = |why| SourceError::Passwords(path.display().to_string(), why);
        // It would be indexed, and then everybody could read it.
        let whole = path.canonicalize();
        if whole.is_ok_and(|whole| whole.starts_with(&self.root)) {
            return Err(failed("het ligt in de map die wordt ingelezen".into()));
        }
        Passwords::read(path).map_err(failed)
    }
}

/// Text where the path is text, else its bytes.
mod path_bytes {
    use super::{OsStrExt, OsString, OsStringExt, Path, PathBuf};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Form {
        Text(String),
        Bytes(Vec<u8>),
    }

    pub fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
        let form = match path.to_str() {
            Some(text) => Form::Text(text.to_owned()),
            None => Form::Bytes(path.as_os_str().as_bytes().to_vec()),
        };
        form.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
        Ok(match Form::deserialize(deserializer)? {
            Form::Text(text) => text.into(),
            Form::Bytes(bytes) => OsString::from_vec(bytes).into(),
        })
    }
}

/// All registered sources, in the order in which they were first indexed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// The sources of a state folder; none when nothing was indexed yet.
    pub fn load(state: &Path) -> Result<Sources, SourceError> {
        let path = state.join(FILE);
        let failed = |error| SourceError::File(path.display().to_string(), error);
        match std::fs::read(&path) {
            Ok(bytes) => {
                let list = serde_json::from_slice(&bytes).map_err(io::Error::from);
                Ok(Sources(list.map_err(failed)?))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Sources::default()),
            Err(error) => Err(failed(error)),
        }
    }

    /// All of them.
    pub fn list(&self) -> &[Source] {
        &self.0
    }

    /// The source with this name.
    pub fn named(&self, name: &str) -> Option<&Source> {
        self.0.iter().find(|source| source.name == name)
    }

    /// The source of `root`, registered under `name` or else under the name of the folder when it is new.
    pub fn register(state: &Path, root: &Path, name: Option<&str>) -> Result<Source, SourceError> {
        let mut sources = Sources::load(state)?;
        let shown = || root.display().to_string();
        if let Some(source) = sources.0.iter().find(|source| source.root == root) {
            return match name {
                Some(other) if other != source.name => Err(SourceError::OtherName {
                    name: source.name.clone(),
                    root: shown(),
                }),
                _ => Ok(source.clone()),
            };
        }
        let name = match name {
            Some(name) => {
                sources.is_free(name)?;
                name.to_owned()
            }
            None => sources.default_name(root),
        };
        let source = Source {
            name,
            root: root.to_owned(),
            passwords: None,
            rules: SourceRules::default(),
        };
        sources.0.push(source.clone());
        sources.save(state)?;
        Ok(source)
    }

    /// From now on `source` has the passwords in the file `list`, if it can be read.
    pub fn set_passwords(
        state: &Path,
        source: &Source,
        list: &Path,
    ) -> Result<Source, SourceError> {
        let failed =
            |why: io::Error| SourceError::Passwords(list.display().to_string(), why.to_string());
        let changed = Source {
            passwords: Some(list.canonicalize().map_err(failed)?),
            ..source.clone()
        };
        changed.load_passwords()?;
        Sources::replace(state, &changed)?;
        Ok(changed)
    }

    /// From now on the source `name` has these rules.
    pub fn set_rules(state: &Path, name: &str, rules: SourceRules) -> Result<Source, SourceError> {
        rules.check()?;
        let sources = Sources::load(state)?;
        let source = sources.named(name);
        let source = source.ok_or_else(|| SourceError::Unknown(name.to_owned()))?;
        let changed = Source {
            rules,
            ..source.clone()
        };
        Sources::replace(state, &changed)?;
        Ok(changed)
    }

    fn replace(state: &Path, changed: &Source) -> Result<(), SourceError> {
        let mut sources = Sources::load(state)?;
        if let Some(known) = sources
            .0
            .iter_mut()
            .find(|known| known.name == changed.name)
        {
            *known = changed.clone();
        }
        sources.save(state)
    }

    /// Whether a new source may have this name.
    ///
    /// # Errors
    /// Why not.
    pub fn is_free(&self, name: &str) -> Result<(), SourceError> {
        if name.trim().is_empty() || name.contains('/') || name.contains(char::is_control) {
            return Err(SourceError::BadName(name.to_owned()));
        }
        match self.named(name) {
            Some(other) => Err(SourceError::NameTaken {
                name: name.to_owned(),
                root: other.root.display().to_string(),
            }),
            None => Ok(()),
        }
    }

    fn default_name(&self, root: &Path) -> String {
        let folder = root.file_name().unwrap_or_default().to_string_lossy();
        let folder = folder.replace(char::is_control, " ");
        let folder = folder.trim();
        let base = if folder.is_empty() { "bron" } else { folder };
        if self.named(base).is_none() {
            return base.to_owned();
        }
        let mut number = 2;
        while self.named(&format!("{base}-{number}")).is_some() {
            number += 1;
        }
        format!("{base}-{number}")
    }

    fn save(&self, state: &Path) -> Result<(), SourceError> {
        let path = state.join(FILE);
        let write =
            || -> io::Result<()> { replace_file(&path, &serde_json::to_vec_pretty(&self.0)?) };
        write().map_err(|error| SourceError::File(path.display().to_string(), error))
    }
}

/// Replaces a file so that a reader sees the old or the new one, also after a power cut.
pub(crate) fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_extension("nieuw");
    let mut file = std::fs::File::create(&new)?;
    io::Write::write_all(&mut file, bytes)?;
    file.sync_all()?;
    std::fs::rename(&new, path)
}

/// Makes the state folder and gives it and `root` as absolute paths without symbolic links. Fails when one
/// lies inside the other.
pub fn resolve(state: &Path, root: &Path) -> Result<(PathBuf, PathBuf), SourceError> {
    let unreachable = |error| SourceError::Unreachable(root.display().to_string(), error);
    let root = root.canonicalize().map_err(unreachable)?;
    // Opens it as the walk will, so that a refused or missing root changes nothing.
    std::fs::read_dir(&root).map_err(unreachable)?;
    let failed = |error| SourceError::File(state.display().to_string(), error);
    // Looked at before it is made: nothing may be written inside a source.
    apart(&existing_part(state).map_err(failed)?, &root, state)?;
    std::fs::create_dir_all(state).map_err(failed)?;
    let made = state.canonicalize().map_err(failed)?;
    apart(&made, &root, state)?;
    // What was fetched from the web lies there, and a run may read it.
    if root.starts_with(&made) && !root.starts_with(crate::fetch::folder(&made)) {
        return Err(nested(state, &root));
    }
    Ok((made, root))
}

fn apart(state: &Path, root: &Path, given: &Path) -> Result<(), SourceError> {
    if state.starts_with(root) {
        return Err(nested(given, root));
    }
    Ok(())
}

fn nested(state: &Path, root: &Path) -> SourceError {
    SourceError::Nested {
        state: state.display().to_string(),
        root: root.display().to_string(),
    }
}

fn existing_part(path: &Path) -> io::Result<PathBuf> {
    let path = std::path::absolute(path)?;
    let existing = path.ancestors().find(|part| part.exists());
    existing.unwrap_or(Path::new("/")).canonicalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_keeps_its_name_and_names_stay_apart() {
        let state = tempfile::tempdir().unwrap();
        let register = |root: &str, name| Sources::register(state.path(), Path::new(root), name);
        assert_eq!(register("/a/archief", None).unwrap().name, "archief");
        assert_eq!(register("/b/archief", None).unwrap().name, "archief-2");
        assert_eq!(
            register("/c", Some("Directie X")).unwrap().name,
            "Directie X"
        );
        assert_eq!(register("/a/archief", None).unwrap().name, "archief");
        assert_eq!(register("/", None).unwrap().name, "bron");
        let wrong = register("/a/archief", Some("ander")).unwrap_err();
        assert!(matches!(wrong, SourceError::OtherName { .. }));
        let wrong = register("/d", Some("archief")).unwrap_err();
        assert!(matches!(wrong, SourceError::NameTaken { .. }));
        assert!(register("/e", Some("a/b")).is_err());
        assert_eq!(Sources::load(state.path()).unwrap().list().len(), 4);
    }

    #[test]
    fn a_root_that_is_not_utf8_is_kept() {
        let state = tempfile::tempdir().unwrap();
        let root = PathBuf::from(OsString::from_vec(b"/caf\xe9".to_vec()));
        let source = Sources::register(state.path(), &root, None).unwrap();
        assert_eq!(
            Sources::load(state.path())
                .unwrap()
                .named(&source.name)
                .unwrap()
                .root,
            root
        );
    }

    #[test]
    fn state_and_source_may_not_lie_in_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("archief");
        std::fs::create_dir(&root).unwrap();
        let inside = root.join("diep/staat");
        let error = resolve(&inside, &root).unwrap_err().to_string();
        assert!(error.contains("mogen niet in elkaar liggen"), "{error}");
        assert!(
            !root.join("diep").exists(),
            "nothing is written inside a source"
        );
        assert!(resolve(folder.path(), &root).is_err());
        assert!(resolve(&root, &root).is_err());
        let beside = folder.path().join("archief-staat");
        assert!(resolve(&beside, &root).is_ok());
        let gone = resolve(&beside, &folder.path().join("weg")).unwrap_err();
        assert!(matches!(gone, SourceError::Unreachable(..)));
    }
}
