//! The generations of an index on a cluster. Each is an index of its own, called by a name and a number, with its commits
//! beside it; which one is searched, and which one is kept from before, an alias tells. A switch changes all aliases in
//! one request, so that a program that is killed has switched or has not. Never writes a document.
//!
//! | alias | leads to |
//! |---|---|
//! | `NAAM` | the generation that is searched |
//! | `NAAM-stand` | its commits |
//! | `NAAM-vorige` | the generation from before |

use super::http::{Nodes, failed, number};
use super::stand::{Stand, Switch, check, stand_of};
use crate::index::IndexError;
use crate::index::generations::{GenerationError, Generations, OnDisk, Role};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The generations of one name.
pub struct All<'a> {
    nodes: &'a Nodes,
    name: &'a str,
}

impl<'a> All<'a> {
    /// Of the index called `name`.
    pub fn new(nodes: &'a Nodes, name: &'a str) -> Self {
        All { nodes, name }
    }

    fn number_of(&self, index: &str) -> Option<u32> {
        index
            .strip_prefix(self.name)?
            .strip_prefix('-')?
            .parse()
            .ok()
    }

    /// What is there, by number: its index and what it is.
    fn roles(&self) -> Result<BTreeMap<u32, (String, Role)>, IndexError> {
        let answer = self.nodes.get(&format!("/{}-*/_alias", self.name))?;
        let found = match answer.status {
            404 => Value::Null,
            _ => answer.ok()?,
        };
        let mut roles = BTreeMap::new();
        for (index, found) in found.as_object().into_iter().flatten() {
            let has = |alias: &str| found["aliases"].get(alias).is_some();
            if let Some(number) = self.number_of(index) {
                let role = match () {
                    () if has(self.name) => Role::Huidig,
                    () if has(&self.before()) => Role::Vorige,
                    () => Role::Half,
                };
                roles.insert(number, (index.clone(), role));
            }
        }
        Ok(roles)
    }

    fn with(&self, wanted: Role) -> Result<Option<String>, IndexError> {
        let mut roles = self.roles()?.into_values();
        let found = roles.find(|(_, role)| *role == wanted);
        Ok(found.map(|(index, _)| index))
    }

    /// The alias of the generation from before.
    pub fn before(&self) -> String {
        format!("{}-vorige", self.name)
    }

    /// The index that is searched.
    ///
    /// # Errors
    /// Those of the cluster.
    pub fn current(&self) -> Result<Option<String>, IndexError> {
        self.with(Role::Huidig)
    }

    /// A name for another one.
    ///
    /// # Errors
    /// Those of the cluster.
    pub fn new_name(&self) -> Result<String, IndexError> {
        let highest = self.roles()?.into_keys().next_back().unwrap_or(0);
        Ok(format!("{}-{}", self.name, highest.saturating_add(1)))
    }

    /// What is stored now.
    ///
    /// # Errors
    /// Those of the cluster.
    pub fn stored(&self) -> Result<Generations, IndexError> {
        let mut all = Vec::new();
        for (name, role) in self.roles()?.into_values() {
            all.push(self.one(name, role)?);
        }
        let kept = all.iter().any(|one| one.role == Role::Vorige);
        let switch = match (kept, self.current()?) {
            (true, Some(current)) => Switch::read(self.nodes, &current)?,
            _ => None,
        };
        Ok(Generations {
            all,
            written: match &switch {
                Some(switch) => self.written_since(switch)?,
                None => false,
            },
            switched: switch.map(|switch| switch.gewisseld),
        })
    }

    fn one(&self, name: String, role: Role) -> Result<OnDisk, IndexError> {
        let stats = self
            .nodes
            .get(&format!("/{name}/_stats/docs,store"))?
            .ok()?;
        let stand = Stand::read(self.nodes, &name).ok();
        Ok(OnDisk {
            role,
            bytes: number(&stats["_all"]["total"]["store"]["size_in_bytes"])?,
            documents: number(&stats["_all"]["primaries"]["docs"]["count"])?,
            program: stand.map(|stand| stand.program).unwrap_or_default(),
            ours: check(self.nodes, &name).is_ok(),
            name,
        })
    }

    fn written_since(&self, switch: &Switch) -> Result<bool, IndexError> {
        Ok(Stand::read(self.nodes, self.name)?.id != switch.stand)
    }

    /// Makes `index` the one that is searched, and keeps what was.
    ///
    /// # Errors
    /// Those of the cluster.
    pub fn switch_to(&self, index: &str) -> Result<(), IndexError> {
        let before = self.current()?;
        if before.is_some() {
            Switch::note(self.nodes, index)?;
        }
        let mut actions = self.leads(index);
        if let Some(before) = before {
            actions.extend(self.leads_no_more(&before));
            actions.push(json!({"add": {"index": before, "alias": self.before()}}));
        }
        if let Some(older) = self.with(Role::Vorige)? {
            actions.push(json!({"remove": {"index": older, "alias": self.before()}}));
        }
        self.change(actions)?;
        self.clean()
    }

    fn leads(&self, index: &str) -> Vec<Value> {
        vec![
            json!({"add": {"index": index, "alias": self.name}}),
            json!({"add": {"index": stand_of(index), "alias": stand_of(self.name)}}),
        ]
    }

    fn leads_no_more(&self, index: &str) -> Vec<Value> {
        vec![
            json!({"remove": {"index": index, "alias": self.name}}),
            json!({"remove": {"index": stand_of(index), "alias": stand_of(self.name)}}),
        ]
    }

    /// All of them or none.
    fn change(&self, actions: Vec<Value>) -> Result<(), IndexError> {
        let body = json!({"actions": actions});
        let answer = self.nodes.send("POST", "/_aliases", &body)?.ok()?;
        match answer["acknowledged"] == true {
            true => Ok(()),
            false => Err(failed(
                "niet elk knooppunt weet van de wisseling".to_owned(),
            )),
        }
    }

    /// Removes what is neither searched nor kept.
    ///
    /// # Errors
    /// Those of the cluster.
    pub fn clean(&self) -> Result<(), IndexError> {
        for (index, role) in self.roles()?.into_values() {
            if role == Role::Half {
                self.remove(&index)?;
            }
        }
        Ok(())
    }

    fn remove(&self, index: &str) -> Result<(), IndexError> {
        for name in [stand_of(index), index.to_owned()] {
            let answer = self.nodes.request("DELETE", &format!("/{name}"), &[])?;
            if answer.status != 404 {
                answer.ok()?;
            }
        }
        Ok(())
    }

    /// Removes the generation from before.
    ///
    /// # Errors
    /// [`GenerationError::NoneKept`], and those of the cluster.
    pub fn confirm(&self) -> Result<(), GenerationError> {
        let kept = self.with(Role::Vorige)?.ok_or(GenerationError::NoneKept)?;
        Ok(self.remove(&kept)?)
    }

    /// Makes the generation from before the current one again, and removes the other.
    ///
    /// # Errors
    /// As for [`crate::index::Engine::go_back`].
    pub fn go_back(&self, anyway: bool) -> Result<(), GenerationError> {
        let kept = self.with(Role::Vorige)?.ok_or(GenerationError::NoneKept)?;
        let current = self.current()?.ok_or(IndexError::Missing)?;
        match check(self.nodes, &kept) {
            Err(IndexError::OtherGeneration) => return Err(GenerationError::NotOurs),
            result => result?,
        }
        let switch = Switch::read(self.nodes, &current)?;
        let written = switch.map_or(Ok(true), |switch| self.written_since(&switch))?;
        if written && !anyway {
            return Err(GenerationError::Written);
        }
        let mut actions = self.leads(&kept);
        actions.extend(self.leads_no_more(&current));
        actions.push(json!({"remove": {"index": kept, "alias": self.before()}}));
        self.change(actions)?;
        Ok(self.clean()?)
    }
}
