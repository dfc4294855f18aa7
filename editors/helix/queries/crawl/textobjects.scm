(function_definition body: (_) @function.inside) @function.around
(closure body: (_) @function.inside) @function.around
(schema_definition body: (_) @class.inside) @class.around
(parameters (identifier) @parameter.inside)
(arguments (_) @parameter.inside)
(line_comment) @comment.inside
(line_comment)+ @comment.around
