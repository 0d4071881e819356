//! Who may ask for what: one row a route.

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody, signed in or not.
    Everybody,
    /// Whoever has an account; what belongs to an account is its owner's alone, which the handler sees to.
    SignedIn,
    /// Auditors, coordinators, administrators: whoever may read what is not public.
    Auditors,
    /// Coordinators and administrators.
    Coordinators,
    /// Administrators.
    Administrators,
    /// Only the operator, at this machine.
    Operator,
}

/// One route.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The method.
    pub method: &'static str,
    /// The path, with names in braces.
    pub path: &'static str,
    /// Who may.
    pub access: Access,
}

const fn row(method: &'static str, path: &'static str, access: Access) -> Row {
    Row {
        method,
        path,
        access,
    }
}

/// Every route there is.
pub const ACCESS: &[Row] = &[
    // Pages for everybody.
    row("GET", "/", Access::Everybody),
    row("GET", "/about", Access::Everybody),
    row("GET", "/assets/{name}", Access::Everybody),
    // Accounts.
    //
    // Coordinators' pages.
    //
    // Administrators' pages.
    //
    // The API.
    //
    // Feeds and logs.
];
