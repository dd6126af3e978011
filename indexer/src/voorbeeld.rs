//! The first rows of the list of an export, as a mapping understands them: to look at before it is kept. Reads nothing else
//! of the source.

use crate::beneath::Root;
use crate::dms::{Asked, Koppeling, Row};
use crate::read::{Outcome, ROWS};
use crate::run::ReadDocuments;
use crate::settings::Settings;
use crate::source::Source;
use crate::walk::join;
use crate::worker::WorkerError;
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader};

/// Rows in a preview.
pub const ROWS_SHOWN: u64 = 50;

/// The list cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// The mapping cannot work, or the list cannot be read; a Dutch sentence.
    #[error("{0}")]
    Wrong(String),
    /// No reader can be started.
    #[error(transparent)]
    Worker(#[from] WorkerError),
}

/// A row, and whether its file is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// The row.
    #[serde(flatten)]
    pub row: Row,
    /// Whether a file lies at its path.
    pub gevonden: bool,
}

/// The first rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// Names of the columns.
    pub kolommen: Vec<String>,
    /// The rows as the mapping below understands them.
    pub rijen: Vec<Shown>,
    /// The mapping, with a suggestion for what was not chosen yet.
    pub voorstel: Koppeling,
}

#[derive(Deserialize)]
struct Header {
    kolommen: Vec<String>,
}

/// Shows the list of `koppeling`. `make` starts a reader.
///
/// # Errors
/// [`PreviewError`].
pub fn preview(
    source: &Source,
    settings: &Settings,
    koppeling: &Koppeling,
    make: impl FnOnce() -> Result<Box<dyn ReadDocuments>, WorkerError>,
) -> Result<Preview, PreviewError> {
    let wrong = |why: &str| PreviewError::Wrong(why.to_owned());
    let outside = Koppeling {
        lijst: koppeling.lijst.clone(),
        vorm: crate::dms::Vorm::Cmis,
        ..Koppeling::default()
    };
    if let Some(why) = outside.wrong() {
        return Err(PreviewError::Wrong(why));
    }
    let root = Root::open(&source.root).map_err(|_| wrong("de bron is niet bereikbaar"))?;
    let file = root.file(koppeling.lijst.as_bytes());
    let file = file.map_err(|_| wrong("de lijst is er niet, of is niet te openen"))?;
    if !file.metadata().is_ok_and(|found| found.is_file()) {
        return Err(wrong("de lijst is geen bestand"));
    }
    let mut reader = make()?;
    let mut read = |koppeling: &Koppeling| {
        let asked = Asked {
            koppeling: koppeling.clone(),
            voorbeeld: Some(ROWS_SHOWN),
        };
        let asked = serde_json::to_string(&asked).map_err(|error| wrong(&error.to_string()))?;
        let reading = reader.read_list(&file, &asked, &settings.limits())?;
        if let Outcome::Partial(reason) | Outcome::Unreadable(reason) = &reading.outcome {
            return Err(PreviewError::Wrong(reason.to_string()));
        }
        let child = reading.children.iter().find(|child| child.name == ROWS);
        let rows = child.ok_or_else(|| wrong("er kwam niets uit"))?.open();
        let rows = BufReader::new(rows.map_err(|error| wrong(&error.to_string()))?);
        lines(rows).map_err(|error| wrong(&error.to_string()))
    };
    let (kolommen, rows) = read(koppeling)?;
    let voorstel = koppeling.clone().suggested(&kolommen);
    let rows = match voorstel == *koppeling {
        true => rows,
        false => read(&voorstel)?.1,
    };
    let list = koppeling.lijst.as_bytes();
    let folder = list.iter().rposition(|byte| *byte == b'/').unwrap_or(0);
    let shown = rows.into_iter().map(|row| Shown {
        gevonden: !row.pad.is_empty()
            && root
                .file(&join(&list[..folder], row.pad.as_bytes()))
                .is_ok(),
        row,
    });
    Ok(Preview {
        rijen: shown.collect(),
        kolommen,
        voorstel,
    })
}

fn lines(rows: impl BufRead) -> std::io::Result<(Vec<String>, Vec<Row>)> {
    let mut lines = rows.lines();
    let header = lines.next().transpose()?.unwrap_or_default();
    let header: Header = serde_json::from_str(&header)?;
    let rows = lines.map(|line| Ok(serde_json::from_str(&line?)?));
    Ok((header.kolommen, rows.collect::<std::io::Result<_>>()?))
}
