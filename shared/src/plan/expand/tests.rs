//! What a user notices of words that stand for something together.

use crate::lists::Lists;
use crate::plan::{Kind, Mode, NoWords, Node, Plan, Widening, expand};
use crate::query::{TextField, parse};
use std::sync::Arc;

fn plan_in(mode: Mode, question: &str) -> Plan {
    let widening = Widening {
        mode,
        lists: Arc::new(Lists::built_in().unwrap()),
    };
    expand(&parse(question).expect(question), &widening, &NoWords).expect(question)
}

fn plan(question: &str) -> Plan {
    plan_in(Mode::Normaal, question)
}

/// The tree, with the words of each leaf.
fn shape(plan: &Plan, node: &Node) -> String {
    let all = |parts: &[Node], sign: &str| {
        let parts: Vec<String> = parts.iter().map(|part| shape(plan, part)).collect();
        format!("({})", parts.join(sign))
    };
    match node {
        Node::Leaf(leaf) => plan.leaves[*leaf].text.clone(),
        Node::And(parts) => all(parts, " & "),
        Node::Or(parts) => all(parts, " | "),
        Node::Not(inner) => format!("!{}", shape(plan, inner)),
        other => format!("{other:?}"),
    }
}

fn shaped(question: &str) -> String {
    let plan = plan(question);
    shape(&plan, &plan.root)
}

fn synonyms(plan: &Plan, leaf: &str) -> Vec<(String, bool)> {
    let leaf = plan
        .leaves
        .iter()
        .find(|found| found.text == leaf)
        .expect(leaf);
    let synonyms = leaf
        .alternatives
        .iter()
        .filter(|a| a.kind == Kind::Synoniem);
    synonyms.map(|a| (a.text.clone(), a.on)).collect()
}

#[test]
fn an_abbreviation_finds_what_it_stands_for_side_by_side() {
    let plan = plan("Woo-verzoek AVG");
    let leaf = &plan.leaves[1];
    let meaning = leaf
        .alternatives
        .iter()
        .find(|a| a.text == "Algemene verordening gegevensbescherming");
    let meaning = meaning.unwrap();
    assert_eq!((meaning.kind, meaning.steps.len()), (Kind::Synoniem, 3));
    assert!(meaning.steps[1].contains(&"verordening".to_owned()));
}

#[test]
fn words_that_follow_each_other_find_their_abbreviation() {
    assert_eq!(
        shaped("besluit algemene verordening gegevensbescherming 2018"),
        "(besluit & ((algemene & verordening & gegevensbescherming) | algemene verordening gegevensbescherming) & 2018)"
    );
    let found = plan("algemene verordening gegevensbescherming");
    assert!(matches!(found.root, Node::Or(_)));
    let found = synonyms(&found, "algemene verordening gegevensbescherming");
    assert_eq!(found[0], ("AVG".to_owned(), true));
}

#[test]
fn a_name_within_a_name_finds_both_abbreviations() {
    assert_eq!(
        shaped("ministerie van binnenlandse zaken"),
        "((ministerie & van & ((binnenlandse & zaken) | binnenlandse zaken)) | ministerie van binnenlandse zaken)"
    );
}

#[test]
fn names_that_overlap_are_all_found() {
    let list = "een twee;y\ntwee drie;x\ndrie vier vijf;z\n";
    let list =
        crate::lists::csv::parse("proef", crate::lists::Origin::Installatie, list.as_bytes());
    let widening = Widening {
        mode: Mode::Normaal,
        lists: Arc::new(Lists::default().with(list.unwrap())),
    };
    let shaped = |question: &str| {
        let plan = expand(&parse(question).unwrap(), &widening, &NoWords).unwrap();
        shape(&plan, &plan.root)
    };
    assert_eq!(
        shaped("een twee drie"),
        "(((een) | een twee) & ((twee) | een twee | twee drie) & ((drie) | twee drie))"
    );
    assert_eq!(
        shaped("nul een twee drie vier vijf"),
        "(nul & ((een) | een twee) & ((twee) | een twee | twee drie) & ((drie) | twee drie | drie vier vijf) & \
         ((vier & vijf) | drie vier vijf))"
    );
    // However many there are, the plan stays as small as the question.
    let long = "een twee drie vier vijf ".repeat(2_000);
    let plan = expand(&parse(&long).unwrap(), &widening, &NoWords).unwrap();
    assert_eq!(plan.leaves.len(), 16_000);
    assert!(shape(&plan, &plan.root).len() < 8 * long.len());
}

#[test]
fn only_plain_words_that_must_all_be_there_count_together() {
    for question in [
        "algemene OF verordening OF gegevensbescherming",
        "\"algemene verordening gegevensbescherming\"",
        "algemene \"verordening\" gegevensbescherming",
        "=algemene verordening gegevensbescherming",
        "van:(algemene verordening gegevensbescherming)",
    ] {
        let plan = plan(question);
        let all = plan.leaves.iter().flat_map(|leaf| &leaf.alternatives);
        assert_eq!(all.filter(|a| a.text == "AVG").count(), 0, "{question}");
    }
    assert_eq!(
        plan_in(Mode::Exact, "algemene verordening gegevensbescherming")
            .leaves
            .len(),
        3
    );
    let nested = plan("NIET (algemene verordening gegevensbescherming) titel:(den haag)");
    assert_eq!(
        nested
            .leaves
            .iter()
            .map(|leaf| leaf.wanted)
            .collect::<Vec<_>>(),
        [false, false, false, false, true, true, true]
    );
    assert_eq!(nested.leaves[6].field, Some(TextField::Titel));
}

#[test]
fn a_synonym_of_several_words_is_switched_off_at_any_of_them() {
    let text = |question: &str| {
        let plan = plan(question);
        let leaf = plan.leaves.last().unwrap().text.clone();
        synonyms(&plan, &leaf)
    };
    assert!(text("den haag").iter().all(|(_, on)| *on));
    assert!(text("den haag{-synoniem}").iter().all(|(_, on)| !on));
    let one = text("den{-\"'s-Gravenhage\"} haag");
    assert!(
        one.iter().any(|(_, on)| *on)
            && one
                .iter()
                .all(|(text, on)| *on == (text != "'s-Gravenhage"))
    );
}

#[test]
fn dates_and_numbers_are_found_in_figures_and_in_words() {
    let plan = plan("besluit 5 januari 2023");
    let leaf = plan.leaves.last().unwrap();
    assert_eq!(leaf.text, "5 januari 2023");
    assert!(
        leaf.alternatives
            .iter()
            .all(|a| a.kind == Kind::Schrijfwijze && a.on)
    );
    assert!(leaf.alternatives.iter().any(|a| a.text == "2023-01-05"));
    let plan = self::plan("5-1-2023{-\"20230105\"}");
    let ways = plan.leaves[0]
        .alternatives
        .iter()
        .filter(|a| a.kind == Kind::Schrijfwijze);
    let ways: Vec<(&str, bool)> = ways.map(|a| (a.text.as_str(), a.on)).collect();
    assert_eq!(
        ways,
        [
            ("05-01-2023", true),
            ("2023-01-05", true),
            ("20230105", false),
            ("5 januari 2023", true),
            ("5 januari 23", true),
            ("5-1-23", true)
        ]
    );
}
