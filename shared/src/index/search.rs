//! The words of a search: what is asked, in which order, and what comes back. Never runs one.

use crate::plan::Widening;
use crate::{Document, Query};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A field that hits can be counted and filtered by. The names are part of the API and the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FacetField {
    /// The source.
    Bron,
    /// The folder: a value is `bron/folder/…`, and a document counts for every folder above it.
    Map,
    /// Documentsoort.
    Soort,
    /// File format.
    Formaat,
    /// Year of the chosen date field, when the year is known.
    Jaar,
    /// Month (`2021-06`) of the chosen date field, when the month is known.
    Maand,
    /// Sender; a document may have several.
    Afzender,
    /// Receiver; a document may have several.
    Ontvanger,
    /// Everybody who took part; a document may have several.
    Betrokkene,
    /// Whose mailbox or home folder it lies in.
    Custodian,
    /// Language.
    Taal,
    /// Readability.
    Leesbaarheid,
    /// Whether there is another like it.
    Dubbel,
    /// Whether it is public already.
    Openbaar,
    /// The dossier that an export of a document system puts it in.
    Dossier,
    /// What an export says of who may use it; a document may have several.
    Beperking,
    /// Whether an export says that it is kept.
    Waardering,
}

impl FacetField {
    /// All fields, in the order in which they are shown.
    pub const ALL: [FacetField; 17] = [
        FacetField::Bron,
        FacetField::Map,
        FacetField::Soort,
        FacetField::Formaat,
        FacetField::Jaar,
        FacetField::Maand,
        FacetField::Afzender,
        FacetField::Ontvanger,
        FacetField::Betrokkene,
        FacetField::Custodian,
        FacetField::Taal,
        FacetField::Leesbaarheid,
        FacetField::Dubbel,
        FacetField::Openbaar,
        FacetField::Dossier,
        FacetField::Beperking,
        FacetField::Waardering,
    ];

    /// The name in the API and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            FacetField::Bron => "bron",
            FacetField::Map => "map",
            FacetField::Soort => "soort",
            FacetField::Formaat => "formaat",
            FacetField::Jaar => "jaar",
            FacetField::Maand => "maand",
            FacetField::Afzender => "afzender",
            FacetField::Ontvanger => "ontvanger",
            FacetField::Betrokkene => "betrokkene",
            FacetField::Custodian => "custodian",
            FacetField::Taal => "taal",
            FacetField::Leesbaarheid => "leesbaarheid",
            FacetField::Dubbel => "dubbel",
            FacetField::Openbaar => "openbaar",
            FacetField::Dossier => "dossier",
            FacetField::Beperking => "beperking",
            FacetField::Waardering => "waardering",
        }
    }

    /// The field with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}

/// Chosen values per field: several values of one field widen, several fields narrow.
pub type Filters = BTreeMap<FacetField, BTreeSet<String>>;

/// Which date a period, the date order and the year facet look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateField {
    /// Sent, else the document's own date, else the file's.
    #[default]
    Datum,
    /// When it was sent.
    Verzonden,
    /// The document's own date.
    Document,
    /// The file's modification date.
    Gewijzigd,
}

impl DateField {
    /// All of them, in the order in which they are shown.
    pub const ALL: [DateField; 4] = [
        DateField::Datum,
        DateField::Verzonden,
        DateField::Document,
        DateField::Gewijzigd,
    ];

    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            DateField::Datum => "datum",
            DateField::Verzonden => "verzonden",
            DateField::Document => "document",
            DateField::Gewijzigd => "gewijzigd",
        }
    }
}

/// How dates count in a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DateOptions {
    /// Which date.
    pub field: DateField,
    /// Whether a period also finds documents without that date.
    pub include_undated: bool,
}

impl Default for DateOptions {
    fn default() -> Self {
        DateOptions {
            field: DateField::Datum,
            include_undated: true,
        }
    }
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// The question.
    pub query: Query,
    /// How far it is widened.
    pub widening: Widening,
    /// Chosen facet values.
    pub filters: Filters,
    /// How dates count.
    pub dates: DateOptions,
    /// What is shown once.
    pub collapse: Collapse,
}

impl Search {
    /// The question alone, everything else as it is by default.
    pub fn of(query: Query) -> Self {
        Search {
            query,
            widening: Widening::default(),
            filters: Filters::new(),
            dates: DateOptions::default(),
            collapse: Collapse::default(),
        }
    }
}

/// Which hits are shown once, by one of them: the newest by its effective date, and of equals the one with the
/// lowest id. The others are counted as hidden; totals and facets count them as before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Collapse {
    /// Every hit is shown.
    #[default]
    Geen,
    /// The same bytes, and the same mail in several mailboxes, once.
    Dubbel,
    /// Texts that are nearly the same once, too.
    Bijna,
    /// A thread of mails once.
    Draad,
}

impl Collapse {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Collapse; 4] = [
        Collapse::Geen,
        Collapse::Dubbel,
        Collapse::Bijna,
        Collapse::Draad,
    ];

    /// The name in the API and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Collapse::Geen => "geen",
            Collapse::Dubbel => "dubbel",
            Collapse::Bijna => "bijna",
            Collapse::Draad => "draad",
        }
    }
}

/// The order of hits; ties are broken by id, so that the order is always the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// Best match first.
    #[default]
    Relevantie,
    /// Newest first, undated last.
    DatumNieuwst,
    /// Oldest first, undated last.
    DatumOudst,
    /// By source and path.
    Pad,
}

impl Sort {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Sort; 4] = [
        Sort::Relevantie,
        Sort::DatumNieuwst,
        Sort::DatumOudst,
        Sort::Pad,
    ];

    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Sort::Relevantie => "relevantie",
            Sort::DatumNieuwst => "datum-nieuwst",
            Sort::DatumOudst => "datum-oudst",
            Sort::Pad => "pad",
        }
    }
}

/// The place behind a hit in a sorted list; opaque text that names its snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor(pub String);

/// Exact totals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// All hits.
    pub total: u64,
    /// Of these, how many have no date in the chosen date field.
    pub undated: u64,
    /// Of these, how many are not shown because another one stands for them.
    #[serde(default)]
    pub hidden: u64,
}

/// One hit.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The document.
    pub document: Document,
    /// BM25-like score; 0 when the order is not by relevance.
    pub score: f32,
}

/// A stretch of hits.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The hits in order.
    pub hits: Vec<Hit>,
    /// Where the next page starts; `None` at the very last hit.
    pub next: Option<Cursor>,
}

/// One value of a facet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetValue {
    /// The value.
    pub value: String,
    /// Hits with it under all filters of other fields.
    pub count: u64,
    /// Whether the user chose it; chosen values are listed at count 0 too.
    pub chosen: bool,
}

/// The values of one field: years and months newest first, all others by count, then by value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facet {
    /// The field.
    pub field: FacetField,
    /// All values with hits, and the chosen ones.
    pub values: Vec<FacetValue>,
}

/// Totals and facets of one search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facets {
    /// The exact totals.
    pub counts: Counts,
    /// In the order asked.
    pub facets: Vec<Facet>,
}
