//! How much room the index and the stored texts of a source will take: from the number and size of its files by kind, and
//! what earlier runs on this computer made of each kind. Owns the figures that count where nothing was measured yet. Never
//! looks at a disk.

use super::Amount;
use crate::run::Measured;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// So many files of a kind must have been read here before what was measured counts instead of the usual.
const LEAST: f64 = 20.0;
/// Bytes of a stored text that do not depend on its length: what its reader found. These figures and the next three fit
/// what 1,100 real files of eight kinds took, within a tenth.
const PER_TEXT: f64 = 800.0;
/// Bytes of the store for each byte of text: texts are compressed.
const STORED: f64 = 0.47;
/// Bytes of the index for each document, and for each byte of its text.
const PER_DOCUMENT: f64 = 2_200.0;
const INDEXED: f64 = 0.48;
/// While parts of the index are merged they stand there twice.
const WHILE_BUSY: f64 = 2.0;

/// What files of some kinds usually hold.
struct Usual {
    kinds: &'static [&'static str],
    /// Bytes of text for each byte.
    text: f64,
    /// Documents for each file, or, where that is more, one for so many bytes.
    documents: f64,
    bytes: f64,
}

const fn usual(kinds: &'static [&'static str], text: f64, documents: f64, bytes: f64) -> Usual {
    Usual {
        kinds,
        text,
        documents,
        bytes,
    }
}

/// More bytes than a file has: its size does not tell how many documents are in it.
const ANY: f64 = 1e18;

const USUAL: [Usual; 9] = [
    usual(&["txt", "csv", "json", "log", "md", "tsv"], 1.0, 1.0, ANY),
    usual(&["html", "htm", "xml", "mht"], 0.4, 1.0, ANY),
    usual(&["eml", "msg"], 0.2, 1.6, ANY),
    usual(&["mbox", "pst", "ost"], 0.1, 1.0, 5e4),
    usual(&["pdf"], 0.08, 1.0, ANY),
    usual(&["docx", "doc", "odt", "rtf"], 0.22, 1.1, ANY),
    usual(&["xlsx", "xls", "ods"], 1.0, 1.0, ANY),
    usual(&["zip", "7z", "rar", "tar", "gz"], 0.3, 4.0, 5e4),
    usual(
        &[
            "pptx", "ppt", "odp", "jpg", "jpeg", "png", "gif", "tif", "tiff", "mp3", "mp4", "mov",
            "avi", "exe", "dll", "bin",
        ],
        0.01,
        1.0,
        ANY,
    ),
];
/// Of any other kind.
const OTHER: Usual = usual(&[], 0.1, 1.0, ANY);

/// Room on the disk, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruimte {
    /// The stored texts.
    pub teksten: u64,
    /// The index.
    pub index: u64,
    /// What must be free while it is made: parts of the index are merged.
    pub nodig: u64,
    /// How many of the files are of a kind that was measured on this computer.
    pub gemeten: u64,
}

/// What these files will take.
pub fn predict(kinds: &BTreeMap<String, Amount>, known: &BTreeMap<String, Measured>) -> Ruimte {
    let (mut text, mut documents, mut measured) = (0.0, 0.0, 0);
    for (kind, amount) in kinds {
        let (files, bytes) = (amount.bestanden as f64, amount.bytes as f64);
        match known.get(kind).filter(|known| known.files >= LEAST) {
            Some(known) => {
                text += bytes * known.text / known.bytes.max(1.0);
                documents += files * known.documents / known.files;
                measured += amount.bestanden;
            }
            None => {
                let mut all = USUAL.iter();
                let usual = all.find(|one| one.kinds.contains(&kind.as_str()));
                let usual = usual.unwrap_or(&OTHER);
                text += bytes * usual.text;
                documents += (files * usual.documents).max(bytes / usual.bytes);
            }
        }
    }
    let stored = text * STORED + documents * PER_TEXT;
    let index = text * INDEXED + documents * PER_DOCUMENT;
    Ruimte {
        teksten: stored as u64,
        index: index as u64,
        nodig: (stored + index * WHILE_BUSY) as u64,
        gemeten: measured,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_measured_here_goes_before_what_is_usual() {
        let amount = Amount {
            bestanden: 100,
            bytes: 1_000_000,
        };
        let kinds = BTreeMap::from([("pdf".to_owned(), amount), ("dwg".to_owned(), amount)]);
        let usual = predict(&kinds, &BTreeMap::new());
        assert_eq!(usual.gemeten, 0);
        assert!(usual.index > 0 && usual.nodig > usual.index + usual.teksten);
        let measured = Measured {
            files: 40.0,
            bytes: 400_000.0,
            text: 200_000.0,
            documents: 40.0,
        };
        let known = BTreeMap::from([("pdf".to_owned(), measured)]);
        let here = predict(&kinds, &known);
        assert_eq!(here.gemeten, 100);
        assert!(here.teksten > usual.teksten);
        let few = Measured {
            files: 3.0,
            ..measured
        };
        let few = BTreeMap::from([("pdf".to_owned(), few)]);
        assert_eq!(predict(&kinds, &few), usual);
    }
}
