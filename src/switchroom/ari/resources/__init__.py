"""Operations of the REST interface, one module a resource."""
