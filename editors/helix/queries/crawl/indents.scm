[
  (block)
  (angle_block)
  (schema_body)
  (switch)
  (arguments)
  (array)
  (map)
] @indent

["}" ")" "]"] @outdent
(angle_block ">" @outdent)
