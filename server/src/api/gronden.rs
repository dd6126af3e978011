//! The grounds to refuse information, as the law lists them.

use crate::toegang::Vrager;
use crate::uitvoer::gronden::{GRONDEN, Grond, Soort, Wet};
use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// Een weigeringsgrond.
#[derive(Serialize, ToSchema)]
#[schema(as = Weigeringsgrond)]
pub struct GroundBody {
    /// De code.
    #[schema(example = "5.1.2e")]
    code: &'static str,
    /// In enkele woorden.
    tekst: &'static str,
    /// `woo` of `wob`.
    #[schema(example = "woo")]
    wet: &'static str,
    /// `absoluut`, `relatief`, `tijdelijk` of `overig`.
    #[schema(example = "relatief")]
    soort: &'static str,
    /// Moet bij informatie van meer dan vijf jaar oud gemotiveerd worden waarom de grond nog geldt (Woo 5.3)?
    motivering_na_vijf_jaar: bool,
}

/// De weigeringsgronden.
#[derive(Serialize, ToSchema)]
#[schema(as = Weigeringsgronden)]
pub struct GroundsBody {
    /// In de volgorde van de wet, eerst de Woo.
    gronden: Vec<GroundBody>,
}

/// Weigeringsgronden lezen
///
/// Geeft de gronden van de Woo en de oude Wob. Welke wet geldt, volgt uit de dag van het besluit: vanaf 1 mei 2022 de
/// Woo.
#[utoipa::path(get, path = "/gronden", tag = "zaken", operation_id = "leesGronden",
    responses((status = 200, description = "De gronden.", body = GroundsBody)))]
pub async fn grounds(Vrager(_): Vrager) -> Json<GroundsBody> {
    let one = |grond: &Grond| GroundBody {
        code: grond.code,
        tekst: grond.tekst,
        wet: match grond.wet {
            Wet::Woo => "woo",
            Wet::Wob => "wob",
        },
        soort: match grond.soort {
            Soort::Absoluut => "absoluut",
            Soort::Relatief => "relatief",
            Soort::Tijdelijk => "tijdelijk",
            Soort::Overig => "overig",
        },
        motivering_na_vijf_jaar: grond.motivering_na_vijf_jaar(),
    };
    Json(GroundsBody {
        gronden: GRONDEN.iter().map(one).collect(),
    })
}
