"""Fields that a client fills in neither by a value nor by a default."""


def without_defaults(model, result, values, closed):
    """Leave out of `result` the defaults of `closed` fields that are not the fields' own.

    A `default_` key of the client's context and a default that users keep for themselves
    (`ir.default`) reach every new record: of closed fields they count for nothing.

    :param result: result of `_add_missing_default_values(values)`
    """
    for name in (result.keys() & closed) - values.keys():
        if model._fields[name].default or model._fields[name].company_dependent:
            result[name] = own_default(model, name)
        else:
            del result[name]
    return result


def own_default(model, name):
    """Return the field's own default, in the form that `create` takes: for a field that
    companies decide, the company's own default."""
    field = model._fields[name]
    if field.company_dependent:
        return field.convert_to_write(field.get_company_dependent_fallback(model), model)
    if not field.default:
        return [] if field.type in ("one2many", "many2many") else False
    value = field.convert_to_cache(field.default(model), model)
    return field.convert_to_write(field.convert_to_record(value, model), model)
