// SPDX-License-Identifier: Apache-2.0
// Shows openapi.json: a heading for each tag, a fold for each operation. Everything is set as text, never as markup.
'use strict';

const verbs = ['get', 'put', 'post', 'patch', 'delete'];

function element(name, text, ...children) {
    const made = document.createElement(name);
    if (text)
        made.textContent = text;
    made.append(...children);
    return made;
}

function resolve(api, part) {
    return part.$ref ? part.$ref.slice(2).split('/').reduce((at, key) => at[key], api) : part;
}

function typeOf(schema) {
    if (schema.$ref)
        return schema.$ref.split('/').pop();
    if (schema.type === 'array')
        return `list of ${typeOf(schema.items)}`;
    return schema.enum ? schema.enum.join(' | ') : [schema.type, schema.format].filter(Boolean).join(', ');
}

function parameters(api, operation) {
    const table = element('table');
    for (const part of operation.parameters.map((given) => resolve(api, given)))
        table.append(element('tr', '', element('td', '', element('code', part.name)),
            element('td', part.in + (part.required ? ', required' : '')), element('td', typeOf(part.schema)),
            element('td', part.description || '')));
    return table;
}

function example(title, content) {
    const json = content && content['application/json'];
    return json ? [element('h4', title), element('pre', JSON.stringify(json.example, null, 2))] : [];
}

function responses(api, operation) {
    const table = element('table');
    for (const [status, given] of Object.entries(operation.responses))
        table.append(element('tr', '', element('td', '', element('code', status)),
            element('td', resolve(api, given).description)));
    return table;
}

function fold(api, base, path, verb, operation) {
    const summary = element('summary', '', element('code', verb.toUpperCase()), element('code', ` ${base}${path}`));
    summary.firstChild.className = 'verb';
    const made = element('details', '', summary, element('p', operation.description || operation.summary));
    made.dataset.words = `${verb} ${path} ${operation.summary} ${operation.description || ''}`.toLowerCase();
    made.addEventListener('toggle', () => {
        if (made.childElementCount > 2)
            return;
        made.append(element('p', `Role: ${(operation['x-roles'] || ['public']).join(', ')}`), parameters(api, operation));
        if (operation.requestBody)
            made.append(...example('Body', operation.requestBody.content));
        const success = Object.values(operation.responses)[0];
        made.append(...example('Answer', success.content), element('h4', 'Statuses'), responses(api, operation));
    });
    return made;
}

function show(api) {
    const main = document.getElementById('operations');
    const sections = new Map();
    for (const tag of api.tags)
        sections.set(tag.name, element('section', '', element('h2', tag.name), element('p', tag.description || '')));
    for (const [path, item] of Object.entries(api.paths)) {
        const base = item.servers ? '' : api.servers[0].url;
        for (const verb of verbs.filter((known) => item[known]))
            sections.get(item[verb].tags[0]).append(fold(api, base, path, verb, item[verb]));
    }
    main.replaceChildren(...sections.values());
}

function filter(event) {
    const wanted = event.target.value.toLowerCase();
    for (const made of document.querySelectorAll('details'))
        made.hidden = !made.dataset.words.includes(wanted);
}

document.getElementById('filter').addEventListener('input', filter);
fetch('/api/v1/social/status/openapi.json').then((answer) => answer.json()).then(show).catch((why) => {
    document.getElementById('operations').replaceChildren(element('p', `The document could not be read: ${why}`));
});
