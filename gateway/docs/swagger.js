// SPDX-License-Identifier: Apache-2.0
'use strict';
window.ui = SwaggerUIBundle({
    url: '/api/v1/social/status/openapi.json',
    dom_id: '#swagger-ui',
    deepLinking: true,
    docExpansion: 'none',
    filter: true,
    persistAuthorization: false,
    validatorUrl: null,
});
