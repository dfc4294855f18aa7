(source_file) @local.scope
(block) @local.scope
(angle_block) @local.scope
(function_definition) @local.scope
(closure) @local.scope

(let_declaration name: (identifier) @local.definition)
(const_declaration name: (identifier) @local.definition)
(function_definition name: (identifier) @local.definition)
(schema_definition name: (identifier) @local.definition)
(parameters (identifier) @local.definition)
(closure_parameters (identifier) @local.definition)
(for name: (identifier) @local.definition)
(import_statement alias: (identifier) @local.definition)

(identifier) @local.reference
