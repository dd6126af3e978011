//! The store of extracted texts: immutable files named by content hash and reader version, compressed, each
//! with what its reader found. Never decides what is live: the index does, and orphans are swept against it.

use super::IndexError;
use crate::Readability;
use lz4_flex::frame::{FrameDecoder, FrameEncoder, FrameInfo};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// What a reader made of some bytes, apart from the text: enough to make the same document again elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extract {
    /// Recognised format.
    pub format: String,
    /// Properties in the order found.
    pub properties: Vec<(String, String)>,
    /// How much could be read.
    pub readability: Readability,
    /// Why not all of it.
    pub reason: Option<String>,
    /// Number of pages.
    pub pages: u32,
    /// Whether it holds children: then its bytes are needed to read it again.
    pub has_children: bool,
}

/// The first line of a blob; the text follows as one lz4 frame with its checksum.
#[derive(Serialize, Deserialize)]
struct Header {
    text_bytes: u64,
    extract: Extract,
}

/// The folder of texts.
#[derive(Clone, Debug)]
pub struct Blobs {
    folder: PathBuf,
}

impl Blobs {
    /// The store in `folder`, which is made when it is not there.
    pub fn open(folder: &Path) -> Result<Self, IndexError> {
        fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
        Ok(Blobs {
            folder: folder.to_owned(),
        })
    }

    /// Where it lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether `key` was written.
    pub fn contains(&self, key: &str) -> bool {
        self.file(key).is_file()
    }

    /// Writes a text once; one that is there already stays as it is, unless it is damaged. Durable after
    /// [`Blobs::sync`].
    pub fn write(&self, key: &str, extract: &Extract, text: &str) -> Result<(), IndexError> {
        let file = self.file(key);
        if file.is_file() && self.read(key).is_ok() {
            return Ok(());
        }
        let header = Header {
            text_bytes: text.len() as u64,
            extract: extract.clone(),
        };
        write_new(&file, &header, text).map_err(|error| failed(&file, error))
    }

    /// The text of `key` and what its reader found.
    pub fn read(&self, key: &str) -> Result<(Extract, String), IndexError> {
        let file = File::open(self.file(key)).map_err(|_| IndexError::TextLost)?;
        read_all(file).ok_or(IndexError::TextLost)
    }

    /// What the reader found for `key`, without the text; `None` when the key is not there or damaged.
    pub fn extract(&self, key: &str) -> Option<Extract> {
        let mut input = BufReader::new(File::open(self.file(key)).ok()?);
        header(&mut input).map(|header| header.extract)
    }

    /// Makes all texts written so far durable, with one call for the whole file system: thousands of small
    /// files would each wait for the disk otherwise.
    pub fn sync(&self) -> Result<(), IndexError> {
        let sync = || -> io::Result<()> { Ok(rustix::fs::syncfs(File::open(&self.folder)?)?) };
        sync().map_err(|error| failed(&self.folder, error))
    }

    /// Removes what is not live: texts of documents that are gone, and what a killed run left half written.
    /// Returns how many files went.
    pub fn sweep(
        &self,
        mut is_live: impl FnMut(&str) -> Result<bool, IndexError>,
    ) -> Result<u64, IndexError> {
        let mut removed = 0;
        for folder in entries(&self.folder)? {
            if !folder.is_dir() {
                continue;
            }
            for file in entries(&folder)? {
                let key = file
                    .file_name()
                    .and_then(|name| name.to_str())
                    .unwrap_or_default();
                if !is_live(key)? {
                    fs::remove_file(&file).map_err(|error| failed(&file, error))?;
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }

    fn file(&self, key: &str) -> PathBuf {
        self.folder.join(key.get(..2).unwrap_or("__")).join(key)
    }
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, IndexError> {
    let list = || {
        fs::read_dir(folder)?
            .map(|entry| Ok(entry?.path()))
            .collect::<io::Result<Vec<_>>>()
    };
    list().map_err(|error| failed(folder, error))
}

fn write_new(file: &Path, header: &Header, text: &str) -> io::Result<()> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let half = file.with_extension(format!("{}-{number}.half", std::process::id()));
    let result = fill(&half, header, text).and_then(|()| fs::rename(&half, file));
    if result.is_err() {
        // The error itself is what counts; a half file left behind is swept later.
        let _ = fs::remove_file(&half);
    }
    result
}

fn fill(file: &Path, header: &Header, text: &str) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(file)?);
    serde_json::to_writer(&mut out, header)?;
    out.write_all(b"\n")?;
    let mut frame = FrameEncoder::with_frame_info(FrameInfo::new().content_checksum(true), out);
    frame.write_all(text.as_bytes())?;
    frame.finish().map_err(io::Error::other)?.flush()
}

fn header(input: &mut impl BufRead) -> Option<Header> {
    let mut line = String::new();
    input.read_line(&mut line).ok()?;
    serde_json::from_str(&line).ok()
}

fn read_all(file: File) -> Option<(Extract, String)> {
    let mut input = BufReader::new(file);
    let header = header(&mut input)?;
    let mut text = String::with_capacity(usize::try_from(header.text_bytes).ok()?.min(1 << 30));
    FrameDecoder::new(input).read_to_string(&mut text).ok()?;
    (text.len() as u64 == header.text_bytes).then_some((header.extract, text))
}

fn failed(path: &Path, error: io::Error) -> IndexError {
    IndexError::Io(path.display().to_string(), error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extract() -> Extract {
        Extract {
            format: "txt".into(),
            properties: vec![("titel".into(), "Nota".into())],
            readability: Readability::Leesbaar,
            reason: None,
            pages: 2,
            has_children: false,
        }
    }

    #[test]
    fn a_text_comes_back_whole_and_damage_is_noticed() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let blobs = Blobs::open(folder.path()).expect("open");
        let text = "Geachte heer\u{c}Pagina twee ✓".repeat(10_000);
        blobs.write("abcd-txt-1", &extract(), &text).expect("write");
        blobs.sync().expect("sync");
        assert_eq!(blobs.read("abcd-txt-1").expect("read"), (extract(), text));
        assert_eq!(blobs.extract("abcd-txt-1"), Some(extract()));
        assert!(matches!(
            blobs.read("abce-txt-1"),
            Err(IndexError::TextLost)
        ));

        let file = blobs.file("abcd-txt-1");
        let bytes = fs::read(&file).expect("bytes");
        for cut in [0, 10, bytes.len() / 2, bytes.len() - 1] {
            fs::write(&file, &bytes[..cut]).expect("cut");
            assert!(
                matches!(blobs.read("abcd-txt-1"), Err(IndexError::TextLost)),
                "cut at {cut}"
            );
        }
        blobs
            .write("abcd-txt-1", &extract(), "hersteld")
            .expect("write again");
        assert_eq!(blobs.read("abcd-txt-1").expect("read").1, "hersteld");
    }

    #[test]
    fn only_orphans_are_swept() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let blobs = Blobs::open(folder.path()).expect("open");
        for key in ["aa-live", "aa-orphan", "bb-orphan"] {
            blobs.write(key, &extract(), "tekst").expect("write");
        }
        fs::write(folder.path().join("aa/aa-live.1-1.half"), "half").expect("half");
        assert_eq!(blobs.sweep(|key| Ok(key == "aa-live")).expect("sweep"), 3);
        assert!(blobs.contains("aa-live") && !blobs.contains("aa-orphan"));
    }
}
