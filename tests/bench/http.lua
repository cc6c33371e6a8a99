-- wrk script. Arguments: verb, path (with {id} for one of the ids), body file or "-", token, file of ids. "@FILE" for
-- the token: one of those in it for each request.
local verb, path, body, tokens, ids = nil, nil, nil, {}, {}
function init(args)
    verb, path, tokens = args[1], args[2], { args[4] }
    if args[4]:sub(1, 1) == "@" then tokens = {}; for line in io.lines(args[4]:sub(2)) do tokens[#tokens + 1] = line end end
    if args[3] ~= "-" then local f = io.open(args[3]); body = f:read("*a"); f:close() end
    if args[5] and args[5] ~= "" then for line in io.lines(args[5]) do ids[#ids + 1] = line end end
    math.randomseed(os.time())
    headers = { ["Content-Type"] = "application/json" }
end
function request()
    local target = path
    if #ids > 0 then target = path:gsub("{id}", ids[math.random(#ids)]) end
    headers["Authorization"] = "Bearer " .. tokens[#tokens > 1 and math.random(#tokens) or 1]
    return wrk.format(verb, target, headers, body)
end
