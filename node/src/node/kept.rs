//! What doors keep at a node for as long as it is open, and how they hear that it ends.

use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::Node;

/// One value of each type.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<BTreeMap<TypeId, Arc<dyn Any + Send + Sync>>>);

/// Whether the node is told to stop, and who wants to hear of it.
#[derive(Default)]
pub(super) struct Ending {
    begun: AtomicBool,
    listeners: Mutex<Vec<Box<dyn Fn() + Send + Sync>>>,
}

impl std::fmt::Debug for Ending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Ending").field(&self.begun).finish()
    }
}

impl Node {
    /// The one value of a type that a door keeps for as long as the node is open: counters, caches. A type of its own
    /// for each use.
    pub fn kept<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut kept = self.0.kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        let value = kept
            .entry(TypeId::of::<T>())
            .or_insert_with(|| Arc::new(T::default()));
        Arc::clone(value)
            .downcast()
            .expect("a value stands under its own type")
    }

    /// Has a function called when the node is told to stop, at once when it has been: whoever keeps a connection open
    /// without end lets go of it. It must only wake others.
    pub fn on_end(&self, listener: impl Fn() + Send + Sync + 'static) {
        let ending = &self.0.ending;
        let mut listeners = ending
            .listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if ending.begun.load(Ordering::Acquire) {
            listener();
        }
        listeners.push(Box::new(listener));
    }

    /// Says that the node is about to stop.
    pub fn ends(&self) {
        let ending = &self.0.ending;
        let listeners = ending
            .listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if !ending.begun.swap(true, Ordering::AcqRel) {
            listeners.iter().for_each(|listener| listener());
        }
    }
}
