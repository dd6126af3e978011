//! Which engine holds the index of this installation. Owns that the state remembers it: an index that lies elsewhere than
//! the settings say is refused, because searching an older or an empty one would lose hits without anybody seeing it. Never
//! changes the settings.

mod elders;
mod verplaatsen;

pub use elders::Elders;
pub use verplaatsen::verplaats;

use crate::state::{index_folder, texts_folder};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zv_shared::config::ConfigError;
use zv_shared::index::settings::{IndexSettings, Motor};
use zv_shared::index::{Engine, IndexError};

/// Remembers the engine, in the folder of the index.
const FILE: &str = "MOTOR";
/// Holds the mark of the installation, beside it.
const MARK: &str = "KENMERK";
/// What stands in the folder of an embedded index.
const EMBEDDED: &str = "HUIDIG";

/// The index cannot be opened as the settings say.
#[derive(Debug, thiserror::Error)]
pub enum MotorError {
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] ConfigError),
    /// What they name cannot be used.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// It lies elsewhere.
    #[error(
        "de index staat in {is}, en de instellingen noemen {meant}; zet 'motor' en 'index.cluster.naam' in \
         zoekenvind.toml zoals ze waren, of verplaats de index met: zoekenvind index --verplaats"
    )]
    Elsewhere {
        /// Where it is.
        is: String,
        /// What the settings say.
        meant: String,
    },
    /// The state folder cannot be used.
    #[error("{0}: {1}")]
    Io(String, #[source] io::Error),
}

/// The engine of the index of this state folder.
///
/// # Errors
/// [`MotorError`].
pub fn engine(state: &Path) -> Result<Arc<dyn Engine>, MotorError> {
    let settings = IndexSettings::load(state)?;
    let meant = place(&settings, settings.motor);
    match remembered(state)? {
        Some(is) if is != meant => return Err(MotorError::Elsewhere { is, meant }),
        Some(_) => {}
        // An embedded index tells where it is by being there.
        None if settings.motor == Motor::Ingebouwd => {}
        None => remember(state, &meant)?,
    }
    opened(state, &settings)
}

fn opened(state: &Path, settings: &IndexSettings) -> Result<Arc<dyn Engine>, MotorError> {
    let folders = (&*index_folder(state), &*texts_folder(state));
    let mark = match settings.cluster {
        Some(_) => mark(state)?,
        None => String::new(),
    };
    Ok(settings.engine(folders, &mark)?)
}

/// What marks this installation: 32 random hexadecimal digits, made once.
fn mark(state: &Path) -> Result<String, MotorError> {
    let file = index_folder(state).join(MARK);
    match std::fs::read_to_string(&file) {
        Ok(mark) => Ok(mark.trim().to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut random = [0; 16];
            let read = std::fs::File::open("/dev/urandom");
            let read = read.and_then(|mut source| source.read_exact(&mut random));
            read.map_err(|error| failed(file, error))?;
            let mark = crate::audit::hex(&random);
            put(state, MARK, &mark)?;
            Ok(mark)
        }
        Err(error) => Err(failed(file, error)),
    }
}

/// Whether the settings say that the index is on a cluster.
///
/// # Errors
/// When the settings cannot be used.
pub fn is_cluster(state: &Path) -> Result<bool, MotorError> {
    Ok(IndexSettings::load(state)?.motor == Motor::Opensearch)
}

/// Whether people and cases are on another machine, for which this one only reads sources.
///
/// # Errors
/// When the settings cannot be used.
pub fn only_reads(state: &Path) -> Result<bool, MotorError> {
    Ok(IndexSettings::load(state)?.zaken_elders)
}

/// How a place of the index is called: `ingebouwd`, or `opensearch zoekenvind`.
fn place(settings: &IndexSettings, motor: Motor) -> String {
    match (motor, &settings.cluster) {
        (Motor::Opensearch, Some(cluster)) => format!("{} {}", motor.name(), cluster.naam),
        _ => motor.name().to_owned(),
    }
}

/// Where the index of this state is; `None` when there is none yet.
fn remembered(state: &Path) -> Result<Option<String>, MotorError> {
    let folder = index_folder(state);
    let file = folder.join(FILE);
    match std::fs::read_to_string(&file) {
        Ok(place) => Ok(Some(place.trim().to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let embedded = folder.join(EMBEDDED).exists();
            Ok(embedded.then(|| Motor::Ingebouwd.name().to_owned()))
        }
        Err(error) => Err(failed(file, error)),
    }
}

/// Remembers where the index is, durably and at once.
fn remember(state: &Path, place: &str) -> Result<(), MotorError> {
    put(state, FILE, place)
}

fn put(state: &Path, name: &str, text: &str) -> Result<(), MotorError> {
    let folder = index_folder(state);
    let (new, file) = (folder.join(format!("{name}.nieuw")), folder.join(name));
    let write = || -> io::Result<()> {
        std::fs::create_dir_all(&folder)?;
        std::fs::write(&new, text)?;
        std::fs::File::open(&new)?.sync_all()?;
        std::fs::rename(&new, &file)?;
        std::fs::File::open(&folder)?.sync_all()
    };
    write().map_err(|error| failed(file.clone(), error))
}

fn failed(path: PathBuf, error: io::Error) -> MotorError {
    MotorError::Io(path.display().to_string(), error)
}
