//! What a state of the cluster, or the part of it that is in a scope, answers. Owns putting the questions together.

use super::collapse::Standing;
use super::compile::{self, Compiler, Lookup, all_of, one_of, term};
use super::count::Asked;
use super::http::number;
use super::scope::Scope;
use super::state::{AT_A_TIME, Hit as Found, State, by_id, document};
use super::template as field;
use super::verify::{self, Verifier};
use super::{count, cursor, overlap, words};
use crate::index::wanted::Wanted;
use crate::index::{
    Blobs, Collapse, Cursor, FacetField, Facets, Hit, IndexError, Overlap, Page, Search, Snapshot,
    Sort,
};
use crate::plan::{Leaf, Node, Plan, Vocabulary, expand};
use crate::{ContentHash, DocId, Document, GroupKey, Relations, TextField};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Scopes of one state that are remembered.
const SCOPES: usize = 64;

/// Scopes by what was wanted; `None` for one that is everything.
type Scopes = Mutex<Vec<(Wanted, Option<Arc<Scope>>)>>;

/// One state of the index, or the part of it that is in a scope.
#[derive(Clone)]
pub struct ClusterSnapshot {
    id: String,
    state: Arc<State>,
    blobs: Blobs,
    scope: Option<Arc<Scope>>,
    scopes: Arc<Scopes>,
}

impl ClusterSnapshot {
    /// All of `state`, which is called `id`.
    pub fn new(id: String, state: State, blobs: Blobs) -> Self {
        ClusterSnapshot {
            id,
            state: Arc::new(state),
            blobs,
            scope: None,
            scopes: Arc::default(),
        }
    }

    /// Whether the cluster did not give an answer any more.
    pub fn is_lost(&self) -> bool {
        self.state.is_lost()
    }

    fn within_scope(&self, query: Value) -> Value {
        match &self.scope {
            Some(scope) => all_of(vec![query, scope.query.clone()]),
            None => query,
        }
    }

    fn everything(&self) -> Value {
        self.within_scope(compile::everything())
    }

    fn tag(&self) -> Option<&str> {
        self.scope.as_deref().map(|scope| scope.tag.as_str())
    }

    fn asked<'a>(&'a self, search: &'a Search, plan: &Plan) -> Result<Asked<'a>, IndexError> {
        let compiler = Compiler::new(plan, search.dates, self);
        Ok(Asked {
            state: &self.state,
            scope: self.scope.as_deref(),
            search,
            found: self.within_scope(compiler.query(&plan.root)?),
        })
    }

    fn hits_query(&self, search: &Search) -> Result<Value, IndexError> {
        self.asked(search, &self.plan(search)?)?.hits()
    }

    /// `query` with what makes one hit better than another.
    fn ranked(&self, query: Value, plan: &Plan) -> Result<Value, IndexError> {
        let mut counts = Map::new();
        for (at, leaf) in compile::rarities(plan).into_iter().enumerate() {
            counts.insert(at.to_string(), json!({"filter": leaf}));
        }
        let all = self.everything();
        let body = json!({"query": all, "size": 0, "aggs": counts});
        let answer = self.state.search(body)?;
        let standing = (0..plan.leaves.len())
            .map(|at| number(&answer["aggregations"][at.to_string()]["doc_count"]));
        let standing: Vec<u64> = standing.collect::<Result<_, _>>()?;
        let documents = super::state::total(&answer)?;
        let better = compile::ranking(plan, &standing, documents);
        Ok(json!({"bool": {"filter": [query], "should": better}}))
    }

    /// The hits in order from `after` on, those that stand for a group only.
    fn in_order(
        &self,
        search: &Search,
        (query, plan): (Value, &Plan),
        sort: Sort,
        after: Option<Value>,
        page: usize,
        each: &mut dyn FnMut(&Found) -> Result<bool, IndexError>,
    ) -> Result<Option<Standing>, IndexError> {
        let standing = Standing::of(search.collapse, &self.state, &query)?;
        let query = match sort {
            Sort::Relevantie => self.ranked(query, plan)?,
            _ => query,
        };
        let [day, _] = field::days(search.dates.field);
        let order = cursor::order(sort, &day);
        self.state.walk(
            &query,
            &order,
            &json!({}),
            after,
            page,
            &mut |hit| match standing.as_ref().is_none_or(|standing| standing.has(hit)) {
                true => each(hit),
                false => Ok(true),
            },
        )?;
        Ok(standing)
    }

    /// Documents as they are told within the scope.
    fn told(&self, mut documents: Vec<Document>) -> Result<Vec<Document>, IndexError> {
        if let Some(scope) = &self.scope {
            scope.tell(&self.state, &mut documents)?;
        }
        Ok(documents)
    }

    fn with_term(&self, name: &str, value: &str) -> Result<Vec<Document>, IndexError> {
        let query = self.within_scope(term(name, value));
        self.told(self.state.documents(&query)?)
    }

    fn page(
        &self,
        search: &Search,
        asked: (Value, &Plan),
        sort: Sort,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<(Page, Option<Standing>), IndexError> {
        let after = after.map(|place| cursor::after(&self.id, self.tag(), sort, place));
        let (mut documents, mut scores, mut next) = (Vec::new(), Vec::new(), None);
        let mut last = None;
        // One more than asked tells whether there is a next page.
        let page = match search.collapse {
            Collapse::Geen => (limit + 1).min(AT_A_TIME),
            _ => AT_A_TIME,
        };
        let take = &mut |hit: &Found| {
            if documents.len() == limit {
                next = last.take();
                return Ok(false);
            }
            documents.push(document(hit)?);
            let score = hit["sort"][0].as_f64().filter(|_| sort == Sort::Relevantie);
            scores.push(score.unwrap_or(0.0) as f32);
            last = Some(cursor::cursor(&self.id, self.tag(), sort, &hit["sort"]));
            Ok(true)
        };
        let standing = self.in_order(search, asked, sort, after.transpose()?, page, take)?;
        let documents = self.told(documents)?.into_iter();
        let hits = documents
            .zip(scores)
            .map(|(document, score)| Hit { document, score });
        let hits = hits.collect();
        Ok((Page { hits, next }, standing))
    }
}

impl Lookup for ClusterSnapshot {
    fn families(&self, query: &Value) -> Result<BTreeSet<String>, IndexError> {
        let mut families = BTreeSet::new();
        let query = self.within_scope(query.clone());
        self.state.values(&query, field::FAMILY, &mut |family, _| {
            families.insert(family.to_owned());
            Ok(())
        })?;
        Ok(families)
    }

    fn holding(
        &self,
        node: &Node,
        leaves: &[Leaf],
        of: Option<TextField>,
    ) -> Result<Value, IndexError> {
        let candidates = verify::candidates(node, leaves, field::text(of));
        let candidates = self.within_scope(candidates);
        if self.state.count(&candidates)? > verify::MOST {
            return Err(IndexError::NotExactly(verify::TOO_MANY));
        }
        let verifier = Verifier::new(node, leaves, of, &self.blobs);
        let mut found = Vec::new();
        let every = json!({});
        let order = by_id();
        self.state
            .walk(&candidates, &order, &every, None, AT_A_TIME, &mut |hit| {
                let document = document(hit)?;
                if verifier.holds(&document)? {
                    found.push(document.id.to_string());
                }
                Ok(true)
            })?;
        Ok(verify::these(found))
    }
}

impl Vocabulary for ClusterSnapshot {
    fn containing(
        &self,
        of: Option<TextField>,
        letters: &str,
        keep: &dyn Fn(&str) -> bool,
        limit: usize,
    ) -> Result<Vec<String>, IndexError> {
        let (all, name) = (self.everything(), field::words(of));
        words::containing(&self.state, &all, &name, letters, keep, limit)
    }

    fn similar(
        &self,
        of: Option<TextField>,
        word: &str,
        distance: u8,
        limit: usize,
    ) -> Result<Vec<String>, IndexError> {
        let (all, name) = (self.everything(), field::words(of));
        words::similar(&self.state, &all, &name, word, distance, limit)
    }
}

impl Snapshot for ClusterSnapshot {
    fn id(&self) -> String {
        self.id.clone()
    }

    fn within(&self, scope: &crate::index::Scope) -> Result<Arc<dyn Snapshot>, IndexError> {
        let mut wanted = Wanted::of(scope);
        if let Some(outer) = &self.scope {
            wanted = wanted.and(&outer.wanted);
        }
        let known = || self.scopes.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known().iter().find(|(one, _)| *one == wanted).cloned();
        let scope = match found {
            Some((_, scope)) => scope,
            None => {
                let scope = Scope::new(&self.state, wanted.clone())?.map(Arc::new);
                let mut scopes = known();
                scopes.insert(0, (wanted, scope.clone()));
                scopes.truncate(SCOPES);
                scope
            }
        };
        Ok(Arc::new(ClusterSnapshot {
            scope,
            ..self.clone()
        }))
    }

    fn plan(&self, search: &Search) -> Result<Plan, IndexError> {
        expand(&search.query, &search.widening, self)
    }

    fn documents_with(
        &self,
        plan: &Plan,
        leaf: usize,
        alternative: usize,
    ) -> Result<u64, IndexError> {
        let query = compile::alternative(plan, leaf, alternative);
        self.state.count(&self.within_scope(query))
    }

    fn facets(&self, search: &Search, fields: &[FacetField]) -> Result<Facets, IndexError> {
        let asked = self.asked(search, &self.plan(search)?)?;
        let mut facets = asked.facets(fields)?;
        if let Some(standing) = Standing::of(search.collapse, &self.state, &asked.hits()?)? {
            facets.counts.hidden = facets.counts.total - standing.len();
        }
        Ok(facets)
    }

    fn facets_and_hits(
        &self,
        search: &Search,
        fields: &[FacetField],
        sort: Sort,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<(Facets, Page), IndexError> {
        let plan = self.plan(search)?;
        let asked = self.asked(search, &plan)?;
        let mut facets = asked.facets(fields)?;
        let (page, standing) = self.page(search, (asked.hits()?, &plan), sort, after, limit)?;
        if let Some(standing) = standing {
            facets.counts.hidden = facets.counts.total - standing.len();
        }
        Ok((facets, page))
    }

    fn hits(
        &self,
        search: &Search,
        sort: Sort,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page, IndexError> {
        let plan = self.plan(search)?;
        let query = self.asked(search, &plan)?.hits()?;
        Ok(self.page(search, (query, &plan), sort, after, limit)?.0)
    }

    fn ids(&self, search: &Search) -> Result<Vec<DocId>, IndexError> {
        let query = self.hits_query(search)?;
        let mut ids = Vec::new();
        let more = json!({"_source": false});
        self.state
            .walk(&query, &by_id(), &more, None, AT_A_TIME, &mut |hit| {
                let id = hit["_id"].as_str().unwrap_or_default();
                ids.push(id.parse().map_err(IndexError::Engine)?);
                Ok(true)
            })?;
        Ok(ids)
    }

    fn each(
        &self,
        search: &Search,
        sort: Sort,
        each: &mut dyn FnMut(Document) -> Result<bool, IndexError>,
    ) -> Result<(), IndexError> {
        let plan = self.plan(search)?;
        let query = self.asked(search, &plan)?.hits()?;
        let mut waiting = Vec::new();
        let mut going = true;
        let mut hand_over = |waiting: &mut Vec<Document>| -> Result<bool, IndexError> {
            for document in self.told(std::mem::take(waiting))? {
                if !each(document)? {
                    return Ok(false);
                }
            }
            Ok(true)
        };
        let take = &mut |hit: &Found| {
            waiting.push(document(hit)?);
            if waiting.len() == AT_A_TIME {
                going = hand_over(&mut waiting)?;
            }
            Ok(going)
        };
        self.in_order(search, (query, &plan), sort, None, AT_A_TIME, take)?;
        if going {
            hand_over(&mut waiting)?;
        }
        Ok(())
    }

    fn overlap(&self, searches: &[Search]) -> Result<Overlap, IndexError> {
        let queries = searches.iter().map(|search| self.hits_query(search));
        let queries: Vec<Value> = queries.collect::<Result<_, _>>()?;
        overlap::overlap(&self.state, &queries)
    }

    fn is_part(&self) -> bool {
        self.scope.is_some()
    }

    fn has(&self, id: DocId) -> Result<bool, IndexError> {
        let query = self.within_scope(term(field::ID, &id.to_string()));
        Ok(self.state.count(&query)? > 0)
    }

    fn closed(&self) -> Result<BTreeMap<String, u64>, IndexError> {
        let closed = term(field::ACCESS, crate::index::rights::CLOSED);
        count::per_source(&self.state, &closed)
    }

    fn doc(&self, id: DocId) -> Result<Option<Document>, IndexError> {
        Ok(self.with_term(field::ID, &id.to_string())?.pop())
    }

    fn family(&self, id: DocId) -> Result<Vec<Document>, IndexError> {
        let mut members = self.with_term(field::FAMILY, &id.to_string())?;
        members.sort_by_key(|member| member.ordinal);
        Ok(members)
    }

    fn same_content(&self, content: ContentHash) -> Result<Vec<Document>, IndexError> {
        let mut places = self.with_term(field::CONTENT, &content.to_string())?;
        places.sort_by(|a, b| (&a.bron, &a.place, a.ordinal).cmp(&(&b.bron, &b.place, b.ordinal)));
        Ok(places)
    }

    fn places(&self, content: ContentHash) -> Result<u64, IndexError> {
        let query = term(field::CONTENT, &content.to_string());
        self.state.count(&self.within_scope(query))
    }

    fn thread(&self, thread: GroupKey) -> Result<Vec<Document>, IndexError> {
        let mut mails = self.with_term(field::THREAD, &thread.to_string())?;
        mails.sort_by_key(|mail| (mail.dates.sent_at, mail.dates.sent, mail.id));
        Ok(mails)
    }

    fn alike(&self, relations: &Relations) -> Result<Vec<Document>, IndexError> {
        let group =
            |name: &str, key: Option<GroupKey>| key.map(|key| one_of(name, [key.to_string()]));
        let same = group(field::SAME, relations.same);
        let groups = same.into_iter().chain(group(field::NEAR, relations.near));
        let query = self.within_scope(compile::any_of(groups.collect()));
        let mut alike = self.told(self.state.documents(&query)?)?;
        alike.sort_by(|a, b| {
            (&a.bron, &a.place, a.ordinal, a.id).cmp(&(&b.bron, &b.place, b.ordinal, b.id))
        });
        Ok(alike)
    }

    fn text(&self, document: &Document) -> Result<String, IndexError> {
        // Whoever names a document need not be able to see it: what is asked for must be what is stored here.
        if self.scope.is_some() {
            let known = self.doc(document.id)?;
            if known.is_none_or(|known| known.text != document.text) {
                return Err(IndexError::TextLost);
            }
        }
        match &document.text {
            Some(key) => self.blobs.read(key).map(|(_, text)| text),
            None => Ok(String::new()),
        }
    }
}
