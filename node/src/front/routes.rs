//! The routes of a door, counted: what is added here is what the access table must say something about.

use axum::Router;
use axum::handler::Handler;
use axum::routing::{self, MethodRouter};

use crate::node::Node;

/// Routes of a door, with the list of what was added.
#[derive(Clone, Debug, Default)]
pub struct Routes {
    router: Router<Node>,
    list: Vec<(&'static str, &'static str)>,
}

impl Routes {
    /// No routes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one route; `handler` answers this method and no other.
    #[must_use]
    pub fn add(
        mut self,
        method: &'static str,
        path: &'static str,
        handler: MethodRouter<Node>,
    ) -> Self {
        self.router = self.router.route(path, handler);
        self.list.push((method, path));
        self
    }

    /// Adds a route that only answers; `HEAD` comes with it.
    #[must_use]
    pub fn get<H: Handler<T, Node>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.add("GET", path, routing::get(handler))
    }

    /// Adds a route that changes something.
    #[must_use]
    pub fn post<H: Handler<T, Node>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.add("POST", path, routing::post(handler))
    }

    /// Adds a route that replaces something.
    #[must_use]
    pub fn put<H: Handler<T, Node>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.add("PUT", path, routing::put(handler))
    }

    /// Adds a route that changes a part of something.
    #[must_use]
    pub fn patch<H: Handler<T, Node>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.add("PATCH", path, routing::patch(handler))
    }

    /// Adds a route that removes something.
    #[must_use]
    pub fn delete<H: Handler<T, Node>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.add("DELETE", path, routing::delete(handler))
    }

    /// Adds the routes of another part.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.list.extend(other.list);
        self
    }

    /// Method and path of every route, in the order in which they were added.
    pub fn list(&self) -> &[(&'static str, &'static str)] {
        &self.list
    }

    /// The router, for this node.
    pub fn router(self, node: &Node) -> Router {
        self.router.with_state(node.clone())
    }
}
