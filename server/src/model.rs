//! The JSON shapes that the API and the command line share: their field names are a contract. Owns the way
//! from index types to those shapes; never looks anything up.

use crate::search::{ShownFragment, ShownHit, code_points};
use crate::uitvoer::gronden::Oordeel;
use crate::why::Why;
use crate::zaken::beoordeling::oordeel_name;
use jiff::Timestamp;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};
use zv_indexer::account::path_base64;
use zv_indexer::dms::{self, Beleid, Codering, Geheim, Vorm};
use zv_indexer::read::{key, page_list};
use zv_shared::index::{Collapse, DateField, FacetField, Facets, Sort};
use zv_shared::lists::Origin;
use zv_shared::plan::{Kind, Mode};
use zv_shared::{DateOrigin, Document, Likeness, Public, Published, Readability};

/// A schema for names that live in `zv-shared`, which does not know OpenAPI.
macro_rules! names {
    ($type:ident, $names:expr, $description:literal) => {
        #[doc = $description]
        pub enum $type {}

        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                let schema = ObjectBuilder::new()
                    .schema_type(Type::String)
                    .description(Some($description));
                schema.enum_values(Some($names)).into()
            }
        }

        impl ToSchema for $type {
            fn name() -> Cow<'static, str> {
                stringify!($type).into()
            }
        }
    };
}
names!(
    Veld,
    FacetField::ALL.map(FacetField::name),
    "Een veld waarop gefilterd en geteld wordt."
);
names!(
    Beperkingsbeleid,
    Beleid::ALL.map(Beleid::name),
    "Wat een beperking betekent: iedereen met een machtiging vindt het (open), met een waarschuwing (machtiging), of niemand (gesloten)."
);
names!(
    Lijstvorm,
    Vorm::ALL.iter().map(|one| one.name()),
    "De vorm van een lijst bij een export."
);
names!(
    Tekencodering,
    Codering::ALL.iter().map(|one| one.name()),
    "Hoe tekens geschreven zijn."
);
names!(
    Kolombetekenis,
    dms::Veld::ALL.iter().map(|one| one.name()),
    "Wat een kolom van een lijst betekent."
);
names!(
    Geheimhouding,
    Geheim::ALL.map(Geheim::name),
    "Hoe geheim iets is (VIR-BI)."
);
names!(
    Volgorde,
    Sort::ALL.map(Sort::name),
    "De volgorde van resultaten."
);
names!(
    Tijdveld,
    DateField::ALL.map(DateField::name),
    "Welke datum van een document geldt."
);
names!(
    Bewijs,
    Kind::ALL.map(Kind::name),
    "Waarom een gevonden woord voor een woord uit de vraag staat."
);
names!(
    Breedte,
    Mode::ALL.map(Mode::name),
    "Hoe ruim elk woord van de vraag wordt opgevat."
);
names!(
    Openbaarheid,
    Oordeel::ALL.map(oordeel_name),
    "Wat er van een document openbaar wordt."
);
names!(
    Samenvoegen,
    Collapse::ALL.map(Collapse::name),
    "Wat maar een keer getoond wordt."
);
names!(
    Leesbaarheid,
    [
        Readability::Leesbaar,
        Readability::Gedeeltelijk,
        Readability::Onleesbaar
    ]
    .map(Readability::name),
    "Hoeveel van een document gelezen kon worden."
);
names!(
    Dubbel,
    Likeness::ALL.map(Likeness::name),
    "Of er een document is dat gelijk is, of bijna gelijk."
);
names!(
    HoeOpenbaar,
    Public::ALL.map(Public::name),
    "Hoe iets al openbaar is: met dezelfde inhoud, of bijna gelijk."
);
names!(
    Herkomst,
    [
        DateOrigin::Verzonden,
        DateOrigin::Metadata,
        DateOrigin::Inhoud,
        DateOrigin::Bestand
    ]
    .map(origin_name),
    "Waar een datum vandaan komt: het verzenden, de eigenschappen, de inhoud of het bestand."
);

names!(
    LijstHerkomst,
    Origin::ALL.map(Origin::name),
    "Waar een lijst met synoniemen vandaan komt: het programma, de installatie of de zaak."
);

/// The name of an origin in the API.
pub fn origin_name(origin: DateOrigin) -> &'static str {
    match origin {
        DateOrigin::Verzonden => "verzonden",
        DateOrigin::Metadata => "metadata",
        DateOrigin::Inhoud => "inhoud",
        DateOrigin::Bestand => "bestand",
    }
}

/// Een stuk tekst in tekens (codepunten), het einde niet meegeteld.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Bereik)]
pub struct Span {
    /// Eerste teken.
    pub van: usize,
    /// Eerste teken erna.
    pub tot: usize,
}

impl Span {
    fn new(text: &str, bytes: &Range<usize>) -> Self {
        Span {
            van: code_points(text, bytes.start),
            tot: code_points(text, bytes.end),
        }
    }
}

/// Door welk woord een document gevonden is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Reden)]
pub struct WhyBody {
    /// Het woord of de frase uit de vraag.
    pub gevraagd: String,
    /// Waarom het gevonden woord daarvoor staat.
    #[schema(value_type = Bewijs)]
    pub bewijs: &'static str,
    /// De gevonden woorden met hoe vaak; de vier die het vaakst voorkomen.
    pub woorden: Vec<MetBody>,
    /// Hoe vaak in totaal.
    pub keer: usize,
    /// De eerste bladzijden waar het staat; leeg als het alleen in titel, bestandsnaam of eigenschappen staat.
    pub bladzijden: Vec<u32>,
    /// Is de hele tekst geteld?
    pub volledig: bool,
}

/// Een gevonden woord.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = GevondenWoord)]
pub struct MetBody {
    /// Het woord zoals het er staat, in kleine letters.
    pub woord: String,
    /// Hoe vaak.
    pub keer: usize,
}

impl WhyBody {
    fn new(why: Why, all_counted: bool) -> Self {
        let met = |(woord, keer)| MetBody { woord, keer };
        WhyBody {
            gevraagd: why.asked,
            bewijs: why.kind.name(),
            woorden: why.words.into_iter().map(met).collect(),
            keer: why.times,
            bladzijden: why.pages,
            volledig: all_counted,
        }
    }
}

/// Een stuk tekst rond wat gevonden is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Fragment)]
pub struct FragmentBody {
    /// De tekst.
    pub tekst: String,
    /// Bladzijde waarop hij staat.
    pub pagina: u32,
    /// Wat gevonden is, als plaatsen in deze tekst.
    pub treffers: Vec<Span>,
    /// Bij een chat: wanneer het bericht verstuurd is, als `JJJJ-MM-DD UU:MM`, met seconden als die bekend zijn.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2024-03-15 14:03")]
    pub moment: Option<String>,
    /// Bij een chat: wie het bericht schreef; ontbreekt bij regels van het chatprogramma zelf.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub afzender: Option<String>,
}

impl From<ShownFragment> for FragmentBody {
    fn from(shown: ShownFragment) -> Self {
        let ShownFragment { fragment, said } = shown;
        let treffers = fragment
            .marks
            .iter()
            .map(|mark| Span::new(&fragment.text, mark))
            .collect();
        FragmentBody {
            tekst: fragment.text,
            pagina: fragment.page,
            treffers,
            moment: said
                .as_ref()
                .map(|said| said.moment.clone())
                .filter(|moment| !moment.is_empty()),
            afzender: said.and_then(|said| said.sender),
        }
    }
}

/// De datum die een document draagt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Dagtekening)]
pub struct DatedBody {
    /// Jaar, jaar-maand of jaar-maand-dag.
    #[schema(example = "2021-06")]
    pub waarde: String,
    /// Waar hij vandaan komt.
    #[schema(value_type = Herkomst)]
    pub herkomst: &'static str,
}

/// Wat OCR van een document gelezen heeft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Ocr)]
pub struct OcrBody {
    /// Bladzijden waarvan de tekst uit OCR komt, op volgorde.
    pub paginas: Vec<u32>,
    /// Hoe zeker OCR gemiddeld van de woorden is, als percentage.
    #[schema(maximum = 100)]
    pub zekerheid: Option<u32>,
}

/// What OCR found in a document, as its properties tell.
pub fn ocr(document: &Document) -> Option<OcrBody> {
    let property = |key: &str| {
        let found = document.metadata.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.as_str())
    };
    Some(OcrBody {
        paginas: page_list::parse(property(key::OCR_PAGES)?),
        zekerheid: property(key::OCR_CONFIDENCE)
            .and_then(|sure| sure.trim_end_matches([' ', '%']).parse().ok()),
    })
}

/// Dat een document al openbaar is: het staat in een bron waarvan alles openbaar is.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AlOpenbaar)]
pub struct PublishedBody {
    /// Of daar dezelfde inhoud staat, of een tekst die bijna gelijk is.
    #[schema(value_type = HoeOpenbaar)]
    pub hoe: &'static str,
    /// Het adres ervan, of anders de bron en het pad.
    pub waar: String,
}

/// That a document is public already.
pub fn published(published: &Published) -> PublishedBody {
    PublishedBody {
        hoe: published.how.name(),
        waar: published.place.clone(),
    }
}

/// Een gevonden document.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Resultaat)]
pub struct HitBody {
    /// Vast kenmerk.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    pub id: String,
    /// Naam van de bron.
    pub bron: String,
    /// Pad binnen de bron; in een zip of mail als `a.zip!/b`.
    pub pad: String,
    /// De bytes van het pad in base64, als de naam geen geldige UTF-8 is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pad_b64: Option<String>,
    /// Titel, onderwerp of naam.
    pub titel: String,
    /// Mate van overeenkomst; 0 als de volgorde niet op relevantie is.
    pub score: f32,
    /// Documentsoort.
    pub soort: String,
    /// Bestandsformaat.
    pub formaat: String,
    /// Taal (ISO 639-1).
    pub taal: Option<String>,
    /// Hoeveel ervan gelezen kon worden.
    #[schema(value_type = Leesbaarheid)]
    pub leesbaarheid: &'static str,
    /// Waarom niet alles gelezen kon worden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reden: Option<String>,
    /// Sinds wanneer het bestand niet meer in de bron staat (UTC); een zaak houdt het document vast.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub verdwenen: Option<Timestamp>,
    /// Datum, als die bekend is.
    pub dagtekening: Option<DatedBody>,
    /// Aantal andere plaatsen met precies dezelfde inhoud.
    pub andere_plaatsen: u64,
    /// Wat OCR ervan gelezen heeft; ontbreekt als er geen OCR aan te pas kwam.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ocr: Option<OcrBody>,
    /// Of het al openbaar is; ontbreekt als dat niet bekend is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub openbaar: Option<PublishedBody>,
    /// Stukken tekst rond wat gevonden is; bij een chat zijn het berichten.
    pub fragmenten: Vec<FragmentBody>,
    /// Door welke woorden het document gevonden is.
    pub waarom: Vec<WhyBody>,
}

impl From<ShownHit> for HitBody {
    fn from(shown: ShownHit) -> Self {
        let document = shown.hit.document;
        HitBody {
            id: document.id.to_string(),
            pad: document.place.to_string(),
            pad_b64: path_base64(&document.place.path),
            score: shown.hit.score,
            leesbaarheid: document.readability.name(),
            dagtekening: dated(&document),
            verdwenen: document.gone,
            ocr: ocr(&document),
            openbaar: document.relations.published.as_ref().map(published),
            bron: document.bron,
            titel: document.title,
            soort: document.kind,
            formaat: document.format,
            taal: document.language,
            reden: document.reason,
            andere_plaatsen: shown.other_places,
            waarom: shown
                .why
                .into_iter()
                .map(|why| WhyBody::new(why, shown.all_counted))
                .collect(),
            fragmenten: shown
                .fragments
                .into_iter()
                .map(FragmentBody::from)
                .collect(),
        }
    }
}

/// The effective date of a document.
pub fn dated(document: &Document) -> Option<DatedBody> {
    let dated = document.dates.effective()?;
    Some(DatedBody {
        waarde: dated.date.to_string(),
        herkomst: origin_name(dated.origin),
    })
}

/// Een waarde van een veld met het aantal documenten.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Waarde)]
pub struct ValueBody {
    /// De waarde.
    pub waarde: String,
    /// Aantal documenten, zonder te letten op wat in dit veld zelf gekozen is.
    pub aantal: u64,
    /// Of deze waarde gekozen is.
    pub gekozen: bool,
}

/// The facets by field name.
pub fn facets(facets: &Facets) -> BTreeMap<&'static str, Vec<ValueBody>> {
    let value = |value: &zv_shared::index::FacetValue| ValueBody {
        waarde: value.value.clone(),
        aantal: value.count,
        gekozen: value.chosen,
    };
    facets
        .facets
        .iter()
        .map(|facet| (facet.field.name(), facet.values.iter().map(value).collect()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_characters_not_bytes() {
        let fragment = zv_shared::highlight::Fragment {
            text: "één subsidie".into(),
            marks: std::iter::once(6..14).collect(),
            page: 2,
        };
        assert_eq!(
            FragmentBody::from(ShownFragment {
                fragment,
                said: None
            })
            .treffers,
            [Span { van: 4, tot: 12 }]
        );
    }
}
