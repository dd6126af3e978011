//! All that the typesetter may reach: one template, the letters, and what it is given. No file, no network, no clock.

use std::sync::LazyLock;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Dict, Duration};
use typst::syntax::{FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Features, Library, LibraryExt, World};

const VORM: &str = include_str!("../../../../templates/verantwoording.typ");

/// The letters that everything is set in.
pub struct Lettertypen {
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

/// Regular and bold, in this order.
pub static LETTERTYPEN: LazyLock<Lettertypen> = LazyLock::new(|| {
    let files = [
        dejavu::sans_condensed::regular(),
        dejavu::sans_condensed::bold(),
    ];
    let fonts: Vec<Font> = files
        .into_iter()
        .flat_map(|bytes| Font::iter(Bytes::new(bytes)))
        .collect();
    let mut book = FontBook::new();
    for font in &fonts {
        book.push(font.info().clone());
    }
    Lettertypen {
        book: LazyHash::new(book),
        fonts,
    }
});

impl Lettertypen {
    /// The fonts themselves.
    pub fn fonts(&self) -> &[Font] {
        &self.fonts
    }
}

/// What one file is made of.
pub struct Wereld {
    library: LazyHash<Library>,
    vorm: Source,
}

impl Wereld {
    /// With this to say.
    pub fn new(inputs: Dict) -> Self {
        // The first cell of a row is its name; only this tells so.
        let features: Features = [Feature::A11yExtras].into_iter().collect();
        let library = Library::builder()
            .with_inputs(inputs)
            .with_features(features);
        Wereld {
            library: LazyHash::new(library.build()),
            vorm: Source::detached(VORM),
        }
    }
}

impl World for Wereld {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &LETTERTYPEN.book
    }

    fn main(&self) -> FileId {
        self.vorm.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        match id == self.vorm.id() {
            true => Ok(self.vorm.clone()),
            false => Err(FileError::AccessDenied),
        }
    }

    fn file(&self, _: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        LETTERTYPEN.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
