//! What the beheerder decides about an export, as the API has it. Never decides what a label means.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use zv_indexer::dms::{Beleid, Codering, ExportRules, Geheim, Koppeling, Veld, Vorm};

/// Wat er gebeurt met wat een export uit een documentsysteem zegt over het gebruik van documenten.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = Exportregels)]
pub struct ExportBody {
    /// Wat elke beperking betekent, zoals `Nader te bepalen`: gesloten. Hoofdletters maken niet uit.
    #[schema(value_type = BTreeMap<String, crate::model::Beperkingsbeleid>)]
    beperkingen: BTreeMap<String, Beleid>,
    /// Wat elke andere beperking betekent; zonder keuze: gesloten.
    #[schema(value_type = Option<crate::model::Beperkingsbeleid>)]
    onbekend: Option<Beleid>,
    /// Wat het betekent als een beschrijving geen beperking noemt; zonder keuze: met een waarschuwing.
    #[schema(value_type = Option<crate::model::Beperkingsbeleid>)]
    zonder: Option<Beleid>,
    /// Wat geheimer is, wordt niet ingelezen; zonder keuze is dat elk staatsgeheim.
    #[schema(value_type = Option<crate::model::Geheimhouding>)]
    plafond: Option<Geheim>,
    /// De lijst die bij de export hoort, en wat haar kolommen betekenen.
    koppeling: Option<KoppelingBody>,
}

/// De lijst van een export, en wat haar kolommen betekenen.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = Koppeling)]
pub struct KoppelingBody {
    /// Waar de lijst ligt, binnen de bron.
    #[schema(max_length = 1000, example = "export/lijst.csv")]
    lijst: String,
    /// De vorm.
    #[schema(value_type = crate::model::Lijstvorm)]
    vorm: Vorm,
    /// Wat er in een CSV tussen de cellen staat; leeg is wat het vaakst in de eerste regel staat.
    #[schema(max_length = 1)]
    scheiding: String,
    /// Hoe de tekens geschreven zijn; zonder keuze blijkt dat uit het bestand.
    #[schema(value_type = Option<crate::model::Tekencodering>)]
    codering: Option<Codering>,
    /// De kolom met het pad van het bestand.
    #[schema(max_length = 1000)]
    pad: String,
    /// Waar een pad mee begint dat verder geldt vanaf de map van de lijst, zoals `\\\\server\\deel`.
    #[schema(max_length = 1000)]
    voorvoegsel: String,
    /// Wat elke kolom betekent; een kolom die hier niet staat, blijft bewaard onder haar eigen naam.
    #[schema(value_type = BTreeMap<String, crate::model::Kolombetekenis>)]
    velden: BTreeMap<String, Veld>,
}

impl From<KoppelingBody> for Koppeling {
    fn from(body: KoppelingBody) -> Self {
        Koppeling {
            lijst: body.lijst,
            vorm: body.vorm,
            scheiding: body.scheiding,
            codering: body.codering,
            pad: body.pad,
            voorvoegsel: body.voorvoegsel,
            velden: body.velden,
        }
    }
}

impl From<Koppeling> for KoppelingBody {
    fn from(koppeling: Koppeling) -> Self {
        KoppelingBody {
            lijst: koppeling.lijst,
            vorm: koppeling.vorm,
            scheiding: koppeling.scheiding,
            codering: koppeling.codering,
            pad: koppeling.pad,
            voorvoegsel: koppeling.voorvoegsel,
            velden: koppeling.velden,
        }
    }
}

impl From<ExportBody> for ExportRules {
    fn from(rules: ExportBody) -> Self {
        ExportRules {
            values: rules.beperkingen,
            unknown: rules.onbekend,
            absent: rules.zonder,
            ceiling: rules.plafond,
            list: rules.koppeling.map(KoppelingBody::into),
        }
    }
}

impl From<ExportRules> for ExportBody {
    fn from(rules: ExportRules) -> Self {
        ExportBody {
            beperkingen: rules.values,
            onbekend: rules.unknown,
            zonder: rules.absent,
            plafond: rules.ceiling,
            koppeling: rules.list.map(KoppelingBody::from),
        }
    }
}
