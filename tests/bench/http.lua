-- wrk script. Arguments: verb, path (with {id} for one of the ids), body file or "-", token, file of ids.
local verb, path, body, token, ids = nil, nil, nil, nil, {}
function init(args)
    verb, path, token = args[1], args[2], args[4]
    if args[3] ~= "-" then local f = io.open(args[3]); body = f:read("*a"); f:close() end
    if args[5] and args[5] ~= "" then for line in io.lines(args[5]) do ids[#ids + 1] = line end end
    math.randomseed(os.time())
    headers = { ["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json" }
end
function request()
    local target = path
    if #ids > 0 then target = path:gsub("{id}", ids[math.random(#ids)]) end
    return wrk.format(verb, target, headers, body)
end
